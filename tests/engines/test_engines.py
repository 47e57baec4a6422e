"""The embedded engines: closed to others, kept over restarts, never left behind, never anybody else's."""

import asyncio
import json
import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis.asyncio
from redis.exceptions import AuthenticationError

from engines.errors import CannotRun
from engines.pair import Engines, addresses
from engines.server import Engine, port_is_free
from engines.valkey import Valkey

CLI = [sys.executable, "-m", "command.cli"]


async def test_both_answer_on_loopback_and_nowhere_else(engines: Engines) -> None:
    assert await ask(engines, "select 1") == 1
    assert await ping(engines.redis_url)
    assert listening(engines.postgres) == [("127.0.0.1", engines.postgres.port)]
    assert listening(engines.valkey) == [("127.0.0.1", engines.valkey.port)]


async def test_nobody_gets_in_without_the_password(engines: Engines) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(engines.database_url, password="guessed")
    with pytest.raises(AuthenticationError):
        await ping(f"redis://127.0.0.1:{engines.valkey.port}")


async def test_passwords_show_neither_in_the_process_list_nor_to_other_users(tmp_path: Path) -> None:
    async with Engines(tmp_path, durable=False) as engines:
        seen = " ".join(" ".join(process.cmdline()) for process in processes(engines))
        kept = tmp_path / "engines.json"

        assert "postgres" in seen
        assert engines.postgres._password not in seen
        assert engines.valkey._password not in seen
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600


async def test_their_addresses_are_known_while_they_run_and_only_then(tmp_path: Path) -> None:
    assert addresses(tmp_path) is None
    async with Engines(tmp_path, durable=False) as engines:
        assert addresses(tmp_path) == (engines.database_url, engines.redis_url)
    assert addresses(tmp_path) is None


async def test_data_ports_and_passwords_outlive_a_restart(tmp_path: Path) -> None:
    async with Engines(tmp_path) as engines:
        before = (engines.database_url, engines.redis_url)
        await ask(engines, "create table kept (word text)")
        await put(engines.redis_url, "word", "kept")

    async with Engines(tmp_path) as engines:
        assert (engines.database_url, engines.redis_url) == before
        assert await ask(engines, "select count(*) from kept") == 0
        assert await get(engines.redis_url, "word") == b"kept"


async def test_a_directory_of_somebody_elses_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "letter.txt").write_text("mine")

    with pytest.raises(CannotRun, match="DATA"):
        await Engines(tmp_path, durable=False).__aenter__()

    assert (tmp_path / "postgres" / "letter.txt").read_text() == "mine"


async def test_real_data_are_synced_to_disk_and_those_of_tests_are_not(tmp_path: Path) -> None:
    async with Engines(tmp_path) as engines:
        assert await ask(engines, "show fsync") == "on"
    async with Engines(tmp_path, durable=False) as engines:
        assert await ask(engines, "show fsync") == "off"


@pytest.mark.parametrize("mode", ["fast", "immediate", "kill"])
async def test_one_engine_restarts_on_its_port(tmp_path: Path, mode: str) -> None:
    async with Engines(tmp_path, durable=False) as engines:
        url = engines.database_url
        await ask(engines, "create table kept (word text)")

        await engines.postgres.stop(mode)  # type: ignore[arg-type]
        assert port_is_free(engines.postgres.port)
        await engines.postgres.start()

        assert engines.database_url == url
        assert await ask(engines, "select count(*) from kept") == 0


async def test_valkey_for_tests_loses_its_data_with_a_stop(tmp_path: Path) -> None:
    async with Engines(tmp_path, durable=False) as engines:
        await put(engines.redis_url, "word", "lost")

        await engines.valkey.stop()
        await engines.valkey.start()

        assert await get(engines.redis_url, "word") is None


async def test_a_second_user_of_the_data_is_told_who_has_them(tmp_path: Path) -> None:
    async with Engines(tmp_path, durable=False, kinds=[Valkey]):
        with pytest.raises(CannotRun, match=f"in use by another NovelFoundry \\(process {os.getpid()}\\)"):
            await Engines(tmp_path).__aenter__()


async def test_two_instances_run_side_by_side(tmp_path: Path) -> None:
    async with Engines(tmp_path / "one", durable=False) as one, Engines(tmp_path / "two", durable=False) as two:
        await ask(one, "create table mine (word text)")

        assert await ask(two, "select to_regclass('mine')") is None


async def test_a_port_that_somebody_took_is_replaced(tmp_path: Path) -> None:
    async with Engines(tmp_path, durable=False, kinds=[Valkey]) as engines:
        taken = engines.valkey.port
    with listener(taken):
        async with Engines(tmp_path, durable=False, kinds=[Valkey]) as engines:
            assert engines.valkey.port != taken
            assert await ping(engines.redis_url)


async def test_a_deep_directory_with_spaces_will_do(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a name with 'spaces' and more"] * 8)

    async with Engines(deep, durable=False) as engines:
        assert await ask(engines, "select 1") == 1
        assert await ping(engines.redis_url)


async def test_a_first_start_that_was_cut_short_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "postgres.new" / "base").mkdir(parents=True)
    (tmp_path / "postgres").mkdir()

    async with Engines(tmp_path, durable=False) as engines:
        assert await ask(engines, "select 1") == 1
    assert not (tmp_path / "postgres.new").exists()


async def test_a_lost_password_is_named_with_its_file(tmp_path: Path) -> None:
    async with Engines(tmp_path, durable=False):
        pass
    (tmp_path / "engines.json").unlink()

    with pytest.raises(CannotRun, match=r"engines\.json"):
        await Engines(tmp_path, durable=False).__aenter__()


async def test_an_engine_that_dies_is_started_again(tmp_path: Path) -> None:
    said = asyncio.Queue[str]()
    async with Engines(tmp_path, durable=False, kinds=[Valkey]) as engines, tended(engines, said):
        first = engines.valkey.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)

        assert "valkey-server ended unexpectedly" in await asyncio.wait_for(said.get(), 10)
        await until_answers(engines.redis_url)
        assert engines.valkey.pid not in (None, first)


async def test_a_start_that_is_cancelled_while_its_server_answers_ends(engines: Engines) -> None:
    for engine in (engines.postgres, engines.valkey):
        for step in range(60):
            asking = asyncio.create_task(engine._ask())
            for _ in range(step):
                await asyncio.sleep(0)
            if not asking.done():
                asking.cancel()
                await asyncio.wait([asking])
                assert asking.cancelled(), f"{engine.program}, step {step}"


async def test_a_server_that_outlived_its_supervisor_is_ended_by_the_next_start(tmp_path: Path) -> None:
    async with Engines(tmp_path, durable=False) as engines:
        await ask(engines, "create table kept (word text)")
    with orphan(engines.postgres) as holder:
        await until_asked(engines)

        async with Engines(tmp_path, durable=False) as engines:
            assert holder.wait(10) is not None
            assert await ask(engines, "select count(*) from kept") == 0


async def test_a_stranger_whose_number_is_in_the_pid_file_is_left_alone(tmp_path: Path) -> None:
    async with Engines(tmp_path, durable=False):
        pass
    account = (tmp_path / "postgres").stat().st_uid  # PostgreSQL takes only its own account's processes for servers
    user = account if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "60"], user=user) as stranger:  # noqa: ASYNC220 (it must outlast the engines)
        pid_file = tmp_path / "postgres" / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{tmp_path / 'postgres'}\n1\n5432\n\n\n\nready\n")

        async with Engines(tmp_path, durable=False) as engines:
            assert await ask(engines, "select 1") == 1
            assert stranger.poll() is None
        stranger.kill()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who can close a directory to everybody else")
async def test_as_root_it_runs_as_another_account_and_opens_nothing_to_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    async with Engines(closed / "data", durable=False) as engines:
        assert await ask(engines, "select 1") == 1
        for process in processes(engines):
            with suppress(psutil.NoSuchProcess):  # the backend of the question above may end meanwhile
                assert process.uids().real != 0
                assert process.uids().effective != 0
        assert capabilities(engines.postgres) in ([], ["dac_read_search"], ["dac_override"])
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who can start what another account owns")
async def test_root_may_use_the_data_of_another_account_and_leaves_them_its_own(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(tmp_path, nobody.pw_uid, nobody.pw_gid)
    (tmp_path / "postgres").mkdir()
    os.chown(tmp_path / "postgres", nobody.pw_uid, nobody.pw_gid)

    async with Engines(tmp_path, durable=False) as engines:
        assert {process.uids().real for process in processes(engines)[:1]} == {nobody.pw_uid}

    assert (tmp_path / "engines.json").stat().st_uid == nobody.pw_uid
    assert (tmp_path / "postgres" / "PG_VERSION").stat().st_uid == nobody.pw_uid


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_command_prints_both_addresses_and_ends_cleanly(tmp_path: Path, sign: signal.Signals) -> None:
    with engines_command(tmp_path) as command:
        lines = [readline(command), readline(command)]
        servers = psutil.Process(command.pid).children(recursive=True)
        command.send_signal(sign)

        assert lines[0].startswith("DATABASE_URL=postgresql://")
        assert lines[1].startswith("REDIS_URL=redis://")
        assert command.wait(20) == 0
        assert not any(server.is_running() for server in servers)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_servers_end_with_a_supervisor_that_is_killed_and_the_next_start_finds_the_data(tmp_path: Path) -> None:
    with engines_command(tmp_path) as command:
        before = [readline(command), readline(command)]
        servers = psutil.Process(command.pid).children(recursive=True)
        command.kill()
        _, alive = psutil.wait_procs(servers, timeout=20)
        assert [server for server in alive if server.status() != psutil.STATUS_ZOMBIE] == []

    with engines_command(tmp_path) as command:
        assert [readline(command), readline(command)] == before
        command.terminate()


def test_the_command_on_data_in_use_is_one_line_and_exit_2(tmp_path: Path) -> None:
    with engines_command(tmp_path) as first:
        readline(first)
        second = subprocess.run([*CLI, "engines", "--data", tmp_path], capture_output=True, text=True, timeout=30)
        first.terminate()

    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert "--data" in second.stderr


async def ask(engines: Engines, query: str) -> object:
    connection = await asyncpg.connect(engines.database_url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def ping(url: str) -> bool:
    async with redis.asyncio.Redis.from_url(url) as client:
        return bool(await client.ping())


async def put(url: str, name: str, value: str) -> None:
    async with redis.asyncio.Redis.from_url(url) as client:
        await client.set(name, value)


async def get(url: str, name: str) -> object:
    async with redis.asyncio.Redis.from_url(url) as client:
        return await client.get(name)


async def until_asked(engines: Engines) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                await ask(engines, "select 1")
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(0.02)
            else:
                return


async def until_answers(url: str) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                await ping(url)
            except redis.exceptions.ConnectionError:
                await asyncio.sleep(0.02)
            else:
                return


def processes(engines: Engines) -> list[psutil.Process]:
    servers = [psutil.Process(pid) for pid in (engines.postgres.pid, engines.valkey.pid) if pid]
    return [each for server in servers for each in (server, *server.children(recursive=True))]


def listening(engine: Engine) -> list[object]:
    connections = psutil.Process(engine.pid).net_connections("all")
    return [tuple(each.laddr) for each in connections if each.status == psutil.CONN_LISTEN]


def capabilities(engine: Engine) -> list[str]:
    names = {1: "dac_override", 2: "dac_read_search"}
    status = Path(f"/proc/{engine.pid}/status").read_text()
    bits = int(next(line.split()[1] for line in status.splitlines() if line.startswith("CapPrm")), 16)
    return [names.get(number, str(number)) for number in range(64) if bits >> number & 1]


@asynccontextmanager
async def tended(engines: Engines, said: asyncio.Queue[str]) -> AsyncIterator[None]:
    task = asyncio.create_task(engines.tend(said.put_nowait))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


# Holds a server as its parent, without the lock: what a supervisor's death leaves where no system tells the child.
HOLDER = """
import json, signal, subprocess, sys
from engines import launch
command, account, capability = json.loads(sys.argv[1])
subprocess.call(launch.command(
    command, on_parent_death=signal.SIGKILL, account=account and tuple(account), capability=capability
))
"""


@contextmanager
def orphan(engine: Engine) -> Iterator["subprocess.Popen[bytes]"]:
    account = engine._account
    how = json.dumps([engine._command(), account and account.ids, account and account.capability])
    with subprocess.Popen([sys.executable, "-c", HOLDER, how], stderr=subprocess.DEVNULL) as holder:
        try:
            yield holder
        finally:
            holder.kill()


@contextmanager
def engines_command(data: Path) -> "Iterator[subprocess.Popen[str]]":
    with subprocess.Popen([*CLI, "engines", "--data", data], stdout=subprocess.PIPE, text=True) as command:
        try:
            yield command
        finally:
            command.terminate()


def readline(command: "subprocess.Popen[str]") -> str:
    assert command.stdout is not None
    return command.stdout.readline()


@contextmanager
def listener(port: int) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", port)):
        yield
