#!/bin/sh
# Writes the secrets of docker compose that secrets/ lacks. What is there stays, so that you may write your own.
set -eu
cd "$(dirname "$0")/.."
test -f .env || { echo 'Copy .env.example to .env first: it says which secrets are needed.' >&2; exit 2; }
mkdir -p secrets
# Containers read a file with the owner and mode that it has here: so the files are readable, their directory is not.
chmod 0700 secrets

random() { od -An -N 32 -t x1 /dev/urandom | tr -d ' \n'; }
keep() {
    test -e "secrets/$1" && return
    cat > "secrets/.$1"
    chmod 0444 "secrets/.$1"
    mv "secrets/.$1" "secrets/$1"
    echo "wrote secrets/$1"
}
demand() {
    test -e "secrets/$1" && return
    echo "Write $2 into secrets/$1, then chmod 0444 it." >&2
    missing=1
}

missing=0
files=$(sed -n 's/^COMPOSE_FILE=//p' .env)
random | keep valkey_password
printf 'redis://:%s@valkey:6379/0' "$(cat secrets/valkey_password)" | keep redis_url
random | keep jwt_secret
case $files in
    *postgres*)
        random | keep postgres_password
        printf 'postgresql://postgres:%s@postgres:5432/postgres' "$(cat secrets/postgres_password)" | keep database_url ;;
    *) demand database_url 'the address of your PostgreSQL' ;;
esac
case $files in
    *supabase*) demand supabase_secret_key "the project's key sb_secret_…" ;;
esac
exit $((missing * 2))
