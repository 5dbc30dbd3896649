# Fills a new machine as docs/deploy.md says: databases, settings and secrets of the units.
set -eu
secret() { LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 43; }
checkout_key=svc_$(secret) pay_key=svc_$(secret) admin=adm_$(secret)
umask 077
for program in checkout pay vault; do
  mkdir -p "/etc/ozura/$program"
  cd "/etc/ozura/$program"
  password=$(secret)
  su postgres -c psql <<END
CREATE ROLE $program LOGIN PASSWORD '$password';
CREATE DATABASE $program OWNER $program;
END
  secret >pepper
  echo "postgres://$program:$password@127.0.0.1:5432/$program" >database-url
  echo "$checkout_key" >checkout-service-key
  echo "$admin" >admin-token
  [ "$program" = checkout ] || echo "$pay_key" >pay-service-key
  echo "PROCESSOR_DESTINATIONS=http://127.0.0.1:4020" >"../$program.env"
done
od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >/etc/ozura/pay/pay-root-key
chmod 0400 /etc/ozura/*/*
