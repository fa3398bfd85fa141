#!/bin/sh
# Makes the files docker-compose.yml hands to the containers; what is there already is kept. Usage: make-secrets.sh [folder]
# The OpenAI key is read from OPENAI_API_KEY, or asked for; it is never a command line argument, which others could see.
set -eu
folder=${1:-secrets}
umask 077
mkdir -p "$folder"

random() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }
keep() { # name, content
  [ -s "$folder/$1" ] || printf '%s' "$2" > "$folder/$1"
  # The folder is closed to others; the file must be readable to the container's own user.
  chmod 444 "$folder/$1"
}

if [ ! -s "$folder/openai_api_key" ] && [ -z "${OPENAI_API_KEY:-}" ]; then
  printf 'OpenAI key (of a project, sk-proj-…): ' >&2
  stty -echo 2>/dev/null || true
  read -r OPENAI_API_KEY
  stty echo 2>/dev/null || true
  echo >&2
fi
keep openai_api_key "${OPENAI_API_KEY:-}"
keep sallyport_admin_key "sp-admin-$(random 24)"
keep sallyport_secret "$(random 32)"
keep postgres_password "$(random 24)"
keep database_url "postgres://sallyport:$(cat "$folder/postgres_password")@postgres:5432/sallyport"
