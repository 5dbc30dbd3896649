#!/bin/sh
# A throw-away PostgreSQL that lives as long as its standard input: `postgres.sh <bin> <folder> <port>`, password in
# $PASSWORD, `fast` or `durable` in $TUNING. A line on its input, a signal and seconds, stops the server and starts it again. When whoever
# started it ends, even by SIGKILL, the pipe closes, the server stops and the folder goes.
set -eu
bin=$1 folder=$2 port=$3
cd "$folder"

stop() {
  trap - EXIT
  if [ -n "${server:-}" ]; then
    kill -QUIT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  cd / && rm -rf "$folder"
}
trap stop EXIT
# PIPE: whoever waited for `ready` has ended meanwhile.
trap 'exit 143' INT TERM PIPE

fail() {
  cat log >&2
  exit 1
}

printf '%s' "$PASSWORD" >password
"$bin/initdb" --pgdata=data --username=ozura --pwfile=password --auth=password --encoding=UTF8 --locale=C --no-sync >log 2>&1 ||
  fail

cat >>data/postgresql.conf <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = 300
CONF

if [ "$TUNING" = durable ]; then
  # What an installation would set on a machine of some gigabytes; everything that makes a commit safe is PostgreSQL's default.
  cat >>data/postgresql.conf <<CONF
shared_buffers = 1GB
effective_cache_size = 4GB
wal_buffers = 16MB
max_wal_size = 8GB
checkpoint_timeout = 15min
random_page_cost = 1.1
CONF
else
  # fsync is off for the speed of the tests: a test that cuts the power of the machine is the only one that could tell.
  cat >>data/postgresql.conf <<CONF
fsync = off
full_page_writes = off
autovacuum_naptime = 10s
max_wal_size = 256MB
CONF
fi

run_server() {
  "$bin/postgres" -D data </dev/null >log 2>&1 &
  server=$!
  until grep -q '^ready' data/postmaster.pid 2>/dev/null; do
    kill -0 $server 2>/dev/null || fail
    sleep 0.02
  done
  echo ready
}

run_server
# Ends when the other end of the pipe is closed.
while read -r signal pause; do
  kill -"$signal" $server
  wait $server || true
  sleep "$pause"
  run_server
done
