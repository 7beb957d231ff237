# shellcheck shell=sh
# Sourced by the scripts: makes a virtual environment from a lock when there is none, or when the lock has changed.
# The lock is whole, so nothing is resolved: pip would take the newest of what is asked for with an extra, and refuse it.
# usage: . scripts/environment.sh; make_environment FOLDER LOCK

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    echo "chargen needs Python 3.11 or newer (set PYTHON to its path)" >&2
    return 3
}

make_environment() {
    folder=$1
    lock=$2
    stamp=$folder/chargen.lock.installed
    if [ -x "$folder/bin/python" ] && cmp -s "$lock" "$stamp"; then
        return 0
    fi
    python=$(find_python) || return 3
    echo "setting up $folder from $lock with $("$python" --version) (once, about half a minute)" >&2
    if ! "$python" -m venv --clear "$folder"; then
        echo "no virtual environment: on Debian, apt-get install python3-venv; then run this again" >&2
        return 3
    fi
    if ! { pip_into "$folder" --no-deps --require-hashes -r "$lock" && pip_into "$folder" --no-deps --no-build-isolation -e .; }; then
        echo "not installed (pip's lines above say why; it needs a package index it can reach); run this again" >&2
        return 3
    fi
    cp "$lock" "$stamp"
}

pip_into() {
    environment=$1
    shift
    "$environment/bin/python" -m pip install --quiet --quiet --disable-pip-version-check "$@"
}
