#!/bin/sh
# Makes the secrets of the compose file, once: each a file that only the program that needs it may read. Run it as root.
set -eu
umask 077
cd "$(dirname -- "$0")"
mkdir -p secrets
chmod 0711 secrets

# Nothing is made anew: a lost key is no new key.
keep() {
  [ -e "secrets/$1" ] || printf '%s\n' "$3" >"secrets/$1"
  chown "$2" "secrets/$1"
  chmod 0400 "secrets/$1"
}
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
# 43 letters and digits, as the programs' own keys have.
token() { LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 43; }

program=65532:65532
postgres=70:70
for name in checkout pay vault; do
  keep "$name-pepper" $program "$(token)"
  keep "$name-database-password" $postgres "$(random)"
  password=$(cat "secrets/$name-database-password")
  keep "$name-database-url" $program "postgres://ozura:$password@$name-database:5432/ozura"
done
keep checkout-service-key $program "svc_$(token)"
keep pay-service-key $program "svc_$(token)"
keep admin-token $program "adm_$(token)"
keep pay-root-key $program "$(random)"
keep vault-root-key $program "$(random)"
echo "secrets/ is complete. Keep a copy of it apart from every backup of the databases."
