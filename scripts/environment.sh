# Sourced by the scripts: makes a virtual environment from a lock when there is none, or when the lock has changed.
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
    "$python" -m venv --clear "$folder" || return 3
    "$folder/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r "$lock" || return 3
    "$folder/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . || return 3
    cp "$lock" "$stamp"
}
