#!/bin/sh
# Where no registry can be reached: makes images of Debian's packages that stand in for those that deploy/ names, with
# the same users, folders, volumes and entry points. As root, with debootstrap; `npm run test:deploy` takes them from there.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOCKER_BUILDKIT=1

# Debian with everything that the services are. Certificates of this machine, for it may know its own.
debootstrap --variant=minbase --include=ca-certificates,haproxy,postgresql-15,redis-server,wget bookworm "$work/debian" >/dev/null
cp /etc/ssl/certs/ca-certificates.crt "$work/debian/etc/ssl/certs/"
tar -C "$work/debian" --exclude=./var/cache --exclude=./var/lib/apt --exclude=./usr/share/doc -c . |
  docker import - stand-in/debian

# Distroless unpacks packages of Debian and installs none of them.
mkdir -p "$work/packages" "$work/distroless/etc/ssl/certs" "$work/distroless/home/nonroot"
cd "$work/packages"
apt-get download base-files netbase tzdata libc6 libssl3 openssl libgcc-s1 libstdc++6 libgomp1 gcc-12-base ca-certificates
for package in *.deb; do dpkg-deb -x "$package" "$work/distroless"; done
cd "$work/distroless"
cat usr/share/ca-certificates/mozilla/*.crt >etc/ssl/certs/ca-certificates.crt
printf 'root:x:0:0::/root:/sbin/nologin\nnonroot:x:65532:65532::/home/nonroot:/sbin/nologin\n' >etc/passwd
printf 'root:x:0:\nnonroot:x:65532:\n' >etc/group
chown 65532:65532 home/nonroot
tar -c . | docker import -c 'USER 65532' -c 'WORKDIR /home/nonroot' - gcr.io/distroless/cc-debian12:nonroot

# Node and npm of this installation.
mkdir "$work/node"
cp -L "$root/node_modules/.bin/node" "$work/node/"
cp -rL "$(dirname -- "$(readlink -f "$(command -v npm)")")/.." "$work/node/npm"
docker build -t "node:$("$work/node/node" --version | cut -c2-)-bookworm-slim" -f - "$work/node" <<'END'
FROM stand-in/debian
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
END

docker build -t haproxy:3.2-alpine - <<'END'
FROM stand-in/debian
RUN usermod -u 99 haproxy && groupmod -g 99 haproxy && mkdir -p /usr/local/etc/haproxy
USER haproxy
STOPSIGNAL SIGUSR1
ENTRYPOINT ["haproxy", "-W", "-db"]
CMD ["-f", "/usr/local/etc/haproxy/haproxy.cfg"]
END

docker build -t valkey/valkey:8-alpine - <<'END'
FROM stand-in/debian
RUN mkdir /data && ln -s /usr/bin/redis-cli /usr/local/bin/valkey-cli \
  && printf '#!/bin/sh\nexec redis-server --protected-mode no "$@"\n' >/usr/local/bin/valkey-server && chmod +x /usr/local/bin/valkey-server
WORKDIR /data
CMD ["valkey-server"]
END

# As the official entry point: an empty volume is filled by a server without TCP, then the real one starts.
mkdir "$work/postgres"
cat >"$work/postgres/entrypoint.sh" <<'END'
#!/bin/bash
set -euo pipefail
chmod 0700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE"
  printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  psql -U "$POSTGRES_USER" -d postgres -c "CREATE DATABASE \"$POSTGRES_USER\""
  pg_ctl -D "$PGDATA" -m fast -w stop
fi
exec "$@"
END
docker build -t postgres:17-alpine -f - "$work/postgres" <<'END'
FROM stand-in/debian
RUN usermod -u 70 postgres && groupmod -g 70 postgres \
  && sed -i "s/^#listen_addresses.*/listen_addresses = '*'/" /usr/share/postgresql/15/postgresql.conf.sample \
  && install -d -o 70 -g 70 -m 3777 /var/run/postgresql && install -d -o 70 -g 70 -m 1777 /var/lib/postgresql/data
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/data
VOLUME /var/lib/postgresql/data
COPY --chmod=0755 entrypoint.sh /usr/local/bin/
ENTRYPOINT ["entrypoint.sh"]
STOPSIGNAL SIGINT
CMD ["postgres"]
END
