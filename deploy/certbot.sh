#!/bin/sh
# What the service certbot does: get a certificate for TURDIFY_DOMAIN, look twice a day whether it is due, and put it
# where nginx reads it. The arguments say how to show whose domain it is.
set -eu
umask 077
trap 'exit 0' TERM

certificate() {
  certbot certonly --non-interactive --agree-tos --no-eff-email --email "$TURDIFY_EMAIL" \
    --cert-name turdify --domain "$TURDIFY_DOMAIN" --keep-until-expiring --renew-with-new-domains "$@"
}

# In one file, moved into its place whole: nginx never sees a certificate with the key of another.
hand_over() {
  cd /etc/letsencrypt/live/turdify
  cat fullchain.pem privkey.pem >/srv/certificates/new.pem
  chown 101 /srv/certificates/new.pem # nginx's user
  mv /srv/certificates/new.pem /srv/certificates/turdify.pem
}

while :; do
  if certificate "$@"; then
    hand_over
  else
    echo "No certificate. Trying again in 12 hours, or now: docker compose restart certbot" >&2
  fi
  sleep 43200 &
  wait $!
done
