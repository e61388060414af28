# What the scripts share. Sourced from the root of the sources; POSIX sh.

say() { printf '%s\n' "$*"; }

# missing <what is looked for>:<package>… prints the packages of what is not
# here: a command, or a file when it begins with a slash.
missing() {
    for pair in "$@"; do
        what=${pair%%:*}
        case $what in
        /*) [ -e "$what" ] || printf '%s ' "${pair#*:}" ;;
        *) command -v "$what" >/dev/null 2>&1 || printf '%s ' "${pair#*:}" ;;
        esac
    done
}

# Installs what is missing, quietly; as root, and only when there is something.
need() {
    lacking=$(missing "$@")
    [ -n "$lacking" ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        say "missing here: $lacking(Debian's names). Install it, or run this as root." >&2
        exit 1
    fi
    say "installing $lacking"
    log=$(mktemp)
    # shellcheck disable=SC2086 # a list of words
    if DEBIAN_FRONTEND=noninteractive apt-get -qq update >"$log" 2>&1 &&
        DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 \
            install --no-install-recommends $lacking >>"$log" 2>&1; then
        rm -f "$log"
    else
        tail -n 40 "$log" >&2
        rm -f "$log"
        say "could not install $lacking" >&2
        exit 1
    fi
}

machine=$(uname -m)
# prove stands for perl with its modules: perl-base has a perl without them.
build_needs="cmake:cmake ninja:ninja-build gcc:gcc /usr/include/stdio.h:libc6-dev make:make
    patch:patch prove:perl nasm:nasm objcopy:binutils
    /usr/include/$machine-linux-musl/stdio.h:musl-dev /usr/include/linux/version.h:linux-libc-dev
    /usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring"
node_needs="node:nodejs npm:npm"
