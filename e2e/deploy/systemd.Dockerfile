# A machine for the units of deploy/systemd: Debian with systemd and PostgreSQL, and the code as docs/deploy.md installs it.
FROM node:24.21.0-bookworm-slim
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends \
  ca-certificates dbus libnss-systemd postgresql procps systemd >/dev/null
# Other services that an image may bring along.
RUN systemctl mask haproxy.service redis-server.service systemd-timesyncd.service getty.target
WORKDIR /opt/ozura
COPY . .
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && node_modules/.bin/node apps/cli/src/main.ts bundle
RUN cp deploy/systemd/*.service /etc/systemd/system/
STOPSIGNAL SIGRTMIN+3
# Credentials are mounts that systemd makes elsewhere and shares.
CMD ["sh", "-c", "mount --make-rshared / && exec /lib/systemd/systemd"]
