# shellcheck shell=bash
# Shared by the build scripts. Sourced, never run; kept to what bash 3.2 and a bare Linux or macOS have.

# shellcheck disable=SC2034  # used by the scripts that source this file
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

note() { printf '%s\n' "$*" >&2; }

die() {
    note "error: $*"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# property FILE KEY: the value of a key of a properties file.
property() { sed -n "s/^$2=//p" "$1"; }

# SHA-256 of a file, or of stdin.
sha256() {
    if have sha256sum; then sha256sum "$@"; else shasum -a 256 "$@"; fi | cut -d ' ' -f 1
}

# Those that are published, as their jars are classified; in the order in which they matter.
release_platforms="linux-x86_64 linux-aarch_64 windows-x86_64 linux-x86_64-musl osx-aarch_64 linux-aarch_64-musl osx-x86_64 windows-aarch_64"

# The GPU modules for these: platform and backend. nvcc 12.4 cannot read the C++ library of the compiler (docs/decisions/0015).
release_modules="linux-x86_64-cuda13 linux-x86_64-vulkan windows-x86_64-vulkan linux-aarch_64-vulkan"

# The platform of this machine, as the jars' classifiers name it.
native_platform() {
    case $(uname -s)-$(uname -m) in
        Linux-x86_64) echo linux-x86_64 ;;
        Linux-aarch64) echo linux-aarch_64 ;;
        Darwin-arm64) echo osx-aarch_64 ;;
        Darwin-x86_64) echo osx-x86_64 ;;
        *) die "no build with this machine's own compiler for $(uname -s) on $(uname -m) yet: docs/build.md tells how to add a platform." ;;
    esac
}

# Prints the folder of the core library and its modules: of LLAMAFFM_LIBRARY_PATH the first, behind which there may be folders of
# further modules; without it, that of native/build cpu.
cpu_natives() {
    local folders=${LLAMAFFM_LIBRARY_PATH:-}
    folders=${folders#"${folders%%[!:]*}"}
    if [ -n "$folders" ]; then echo "${folders%%:*}"; else "$root/native/build" cpu; fi
}

# Sets `cache`, the folder outside the checkout that holds what is fetched and built.
open_cache() {
    cache=${LLAMAFFM_BUILD_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/llama-ffm/build}
    mkdir -p "$cache" 2>/dev/null ||
        die "cannot create the build cache $cache. Set LLAMAFFM_BUILD_CACHE to a folder that can be written."
    cache=$(cd "$cache" && pwd -P)
}

# Sets `scratch`, a folder in the cache (so that a rename out of it is atomic) that is gone when the script ends.
open_scratch() {
    scratch=$(mktemp -d "$cache/tmp.XXXXXX") || die "cannot write to the build cache $cache."
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# lock FILE WHAT: waits for, then holds, an exclusive lock until this process and its children end.
lock() {
    exec 9>"$1"
    if have flock; then
        flock -n 9 || { note "waiting for another process that $2"; flock 9; }
    else
        perl -e 'use Fcntl ":flock"; open(my $f, ">&=", 9) && flock($f, LOCK_EX) or die "flock: $!\n"'
    fi
}

routes_tried=

# route NAME COMMAND...: runs one way to get something. When it fails, its reason joins the list of routes tried.
route() {
    local name=$1 reason
    shift
    if "$@" 2>"$scratch/stderr" >"$scratch/stdout"; then return 0; fi
    reason=$(grep -m 1 -E 'reason:|^npm .* [45][0-9][0-9] |^fatal:|^ERROR:' "$scratch/stderr" ||
        grep -m 1 . "$scratch/stderr" || echo "failed without a message")
    routes_tried="$routes_tried
  - $name: $reason"
    return 1
}

# refuse REASON: ends a route, to be called as `refuse "…"` at its end or `|| refuse "…" || return`.
refuse() {
    note "$*"
    return 1
}

# pip_install FOLDER FILE [OPTION…]: unpacks the wheels that a requirements file names with their hashes.
pip_install() {
    local python=python3 folder=$1 file=$2
    shift 2
    have python3 || python=python
    have $python || refuse "python3 is not installed" || return
    $python -m pip --version >/dev/null || return
    $python -m pip install -q --no-deps --require-hashes --only-binary :all: --root-user-action=ignore --target "$folder" -r "$file" "$@"
}

# debian_packages RELEASE COMPONENTS FOLDER PACKAGE...: unpacks packages of Debian, whatever this machine runs, without root.
# PACKAGE:arm64 is one for that processor.
debian_packages() {
    local release=$1 components=$2 folder=$3 mirror name options architectures=amd64
    local apt=$scratch/apt
    shift 3
    have apt-get && have dpkg-deb || refuse "no apt-get and dpkg-deb" || return
    [ "$(uname -m)" = x86_64 ] || refuse "for x86_64 only" || return
    # As this machine's apt knows it.
    mirror=$(apt-get indextargets --format "\$(SITE)" "Created-By: Packages" "Origin: Debian" "Label: Debian" | head -n 1)
    mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/packages"
    case $* in *:arm64*) architectures=amd64,arm64 ;; esac
    echo "deb [arch=$architectures signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} $release $components" >"$apt/sources.list"
    options=(-o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$apt/lists" \
        -o "Dir::Cache=$apt" -o Dir::State::status=/dev/null -o "APT::Sandbox::User=$(id -un)" \
        -o "APT::Architectures=$architectures")
    apt-get "${options[@]}" -qq update || return
    (cd "$apt/packages" && apt-get "${options[@]}" -qq download "$@") || return
    for name in "$apt"/packages/*.deb; do
        dpkg-deb -x "$name" "$folder" || return
    done
}

# Whether a folder is that of a JDK 25.
is_jdk25() {
    local line
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return
    while IFS= read -r line; do
        case $line in 'JAVA_VERSION="25'[.\"]*) return ;; esac
    done <"$1/release"
    return 1
}

# Prints the folder of a JDK 25: JAVA_HOME, the java on the PATH, or where systems and tools put JDKs.
jdk25() {
    local home java
    for home in "${JAVA_HOME:-}" "${JAVA25_HOME:-}"; do
        if is_jdk25 "$home"; then
            echo "$home"
            return
        fi
    done
    java=$(command -v java || true)
    java=$(readlink -f "$java" 2>/dev/null || echo "$java")
    for home in "${java%/bin/java}" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/*jdk* \
        "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
        if is_jdk25 "$home"; then
            echo "$home"
            return
        fi
    done
    die "no JDK 25 found: neither JAVA_HOME nor the java on the PATH is one, and none lies in the usual places.
Install one (https://adoptium.net/temurin/releases/?version=25) and set JAVA_HOME to its folder."
}
