#!/bin/sh
# Put the environment into the templates beside this file, as nginx's own image does. fill-in.sh FOLDER
set -eu
names=$(env | sed -n 's/^\([A-Z_]*\)=.*/${\1}/p' | tr '\n' ' ')
for template in "$(dirname "$0")"/*.template; do
    envsubst "$names" <"$template" >"$1/$(basename "$template" .template)"
done
