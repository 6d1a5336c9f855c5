#!/bin/sh
# Installs Beseda as a systemd service from a program that is already on this machine. Downloads nothing, and never
# overwrites a configuration. Run it again with a newer program to upgrade.
#
#   sudo ./install.sh target/release/beseda
set -eu

fail() {
    echo "install.sh: $1" >&2
    exit 1
}

[ $# -eq 1 ] || fail "say which program to install: sudo ./install.sh PATH"
program=$1
here=$(cd "$(dirname "$0")" && pwd)

[ "$(id -u)" -eq 0 ] || fail "it makes a user and a service, so it needs root: sudo $0 $program"
[ -x "$program" ] || fail "$program is no program that can be run"
command -v systemctl >/dev/null || fail "this machine has no systemd; start the program your own way"
version=$("$program" version) || fail "$program does not run on this machine"
echo "Installing $version"

if ! id beseda >/dev/null 2>&1; then
    useradd --system --user-group --home-dir /var/lib/beseda --no-create-home --shell /usr/sbin/nologin beseda
    echo "Made the user beseda"
fi

install -d -m 0755 /etc/beseda
if [ -e /etc/beseda/config.toml ]; then
    echo "Kept /etc/beseda/config.toml"
else
    # It may hold a metrics token one day, so only root and the service read it.
    install -m 0640 -g beseda "$here/config.example.toml" /etc/beseda/config.toml
    echo "Wrote /etc/beseda/config.toml, with every setting at its default"
fi
"$program" config check --config /etc/beseda/config.toml || fail "the service was not touched: correct the configuration first"

# The name is switched at once: a program that runs goes on with the file it began with.
if [ -e /usr/local/bin/beseda ]; then
    cp -p /usr/local/bin/beseda /usr/local/bin/beseda.previous
fi
install -m 0755 "$program" /usr/local/bin/beseda.new
mv /usr/local/bin/beseda.new /usr/local/bin/beseda

install -m 0644 "$here/systemd/beseda.service" /etc/systemd/system/beseda.service
systemctl daemon-reload
systemctl enable --quiet beseda
systemctl restart beseda
sleep 1
systemctl is-active --quiet beseda || fail "it does not run; see: journalctl -u beseda -n 50"
echo "Beseda runs. The address to set it up is in: journalctl -u beseda -n 20"
if [ -e /usr/local/bin/beseda.previous ]; then
    echo "To go back: mv /usr/local/bin/beseda.previous /usr/local/bin/beseda && systemctl restart beseda"
fi
