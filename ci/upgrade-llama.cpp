#!/usr/bin/env bash
#
# Moves the pin to another release of llama.cpp: sources, pin, bindings and lock, natives, checks, and a report of what changed
# that llama-ffm has to know (docs/upgrading.md).
#
#   JEXTRACT=… JAVA_HOME=… ci/upgrade-llama.cpp VERSION [NPM-PACKAGE]
#   ci/upgrade-llama.cpp --report-only VERSION [NPM-PACKAGE]         prints the report and changes nothing
#
# VERSION is a tag, NPM-PACKAGE the node-llama-cpp@… that carries it: by default it is looked for among the newest ones.
# Where something fails, mend what it names and run the same command again. What it is upgraded from is what git's HEAD pins.
# Routes to the sources: LLAMA_CPP_DIR, npm, GitHub; all that answer must agree.
set -euo pipefail
# shellcheck source=ci/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=third_party/llama.cpp/routes.sh
. "$root/third_party/llama.cpp/routes.sh"

pinned=third_party/llama.cpp/pin.properties
written="third_party/llama.cpp bindings native/shim/abi_table.inc"
npm_name=node-llama-cpp
newest=8
report_only=

usage() {
    note "usage: ci/upgrade-llama.cpp [--report-only] VERSION [NPM-PACKAGE]"
    exit 2
}

# ---- sources and pin

# put KEY VALUE: into the pin that is being made.
put() {
    sed "s|^$1=.*|$1=$2|" "$pin_file" >"$scratch/put"
    cat "$scratch/put" >"$pin_file"
}

# carries PACKAGE: prints the release of llama.cpp in it.
carries() {
    rm -rf "$scratch/look"
    mkdir "$scratch/look"
    (cd "$scratch/look" && npm pack "$1" --loglevel=error >/dev/null && tar -xzf ./*.tgz package/llama/binariesGithubRelease.json) &&
        sed -n 's/.*"release": *"\([^"]*\)".*/\1/p' "$scratch/look/package/llama/binariesGithubRelease.json"
}

# The package of npm that carries the release: the given one, or one of the newest.
npm_package() {
    local name release
    have npm || refuse "npm is not installed" || return
    if [ -n "$package" ]; then
        release=$(carries "$package") || return
        [ "$release" = "$version" ] || refuse "$package carries llama.cpp $release, not $version" || return
        echo "$package"
        return
    fi
    for name in $(npm view "$npm_name" versions --json --loglevel=error | tr -d '[]",' | grep -v -- - | sort -rV | head -n "$newest"); do
        note "looking into $npm_name@$name" 2>&3
        release=$(carries "$npm_name@$name") || return
        if [ "$release" = "$version" ]; then
            echo "$npm_name@$name"
            return
        fi
    done
    refuse "none of the newest $newest versions of $npm_name carries $version; name one: ci/upgrade-llama.cpp $version $npm_name@…"
}

pin_npm() {
    local name
    name=$(npm_package) || return
    put npm.package "$name"
    put npm.integrity "$(npm view "$name" dist.integrity --loglevel=error)"
}

# agree NAME ROUTE: gets the sources by a route; the first to answer is what is pinned, the others must have the same.
agree() {
    local tree
    if ! route "$1" "$2"; then
        silent="$silent${silent:+, }$1"
        return
    fi
    [ "$2" != from_local ] || ln -sfn "$(cd "$LLAMA_CPP_DIR" && pwd -P)" "$scratch/sources"
    tree=$(tree_hash "$scratch/sources")
    if [ -z "$(pin tree)" ]; then
        put tree "$tree"
        mkdir -p "$cache/sources"
        new=$cache/sources/llama.cpp-${tree:0:12}
        if [ "$2" = from_local ]; then
            new=$(readlink "$scratch/sources")
        elif [ ! -d "$new" ]; then
            mv "$scratch/sources" "$new"
        fi
    elif [ "$(pin tree)" != "$tree" ]; then
        die "the routes disagree about llama.cpp $version: $agreed has git tree $(pin tree), $1 has $tree. Nothing is pinned."
    fi
    agreed="$agreed${agreed:+, }$1"
    rm -rf "$scratch/sources"
}

# Sets `new` to the sources of the wanted release, and makes its pin.
get_new() {
    agreed='' silent=''
    pin_file=$scratch/new.properties
    cp $pinned "$pin_file"
    put release "$version"
    put tree ""
    put npm.package ""
    put npm.integrity ""
    note "getting llama.cpp $version"
    [ -z "${LLAMA_CPP_DIR:-}" ] || agree LLAMA_CPP_DIR from_local
    if route npm pin_npm; then agree npm from_npm; else silent=npm; fi
    agree GitHub from_github
    [ -n "$agreed" ] || die "no sources of llama.cpp $version. Routes tried:$routes_tried
To supply a local copy, set LLAMA_CPP_DIR to a folder with exactly the files of its tag."
    note "llama.cpp $version: git tree $(pin tree) ($agreed)${routes_tried:+. Not from:$routes_tried}"
}

# Sets `old` to the sources of the release that HEAD pins.
get_old() {
    pin_file=$scratch/old.properties
    git show "HEAD:$pinned" >"$pin_file"
    old_version=$(pin release)
    cached_sources || die "no sources of llama.cpp $old_version, to compare with. Routes tried:$routes_tried"
    old=$sources
    routes_tried=
}

# ---- report

# configure NAME FOLDER: prints where CMake wrote how our build compiles these sources.
configure() {
    mkdir -p "$scratch/$1"
    if cmake --preset cpu -B "$scratch/$1" "-DLLAMA_CPP_DIR=$2" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >"$logs/configure-$1.log" 2>&1; then
        echo "$scratch/$1/compile_commands.json"
    else
        note "CMake cannot configure $1: $logs/configure-$1.log"
    fi
}

compare() {
    local commands=()
    note "comparing $old_version and $version: a minute or two"
    old_commands=$(configure old "$old")
    new_commands=$(configure new "$new")
    [ -z "$old_commands" ] || [ -z "$new_commands" ] || commands=(--old-commands "$old_commands" --new-commands "$new_commands")
    ci/upgrade/report --old "$old" --old-name "$old_version" --new "$new" --new-name "$version" ${commands[@]+"${commands[@]}"} >"$scratch/report.md"
}

# row WHAT RESULT: a check that has been made.
row() {
    echo "| $1 | $2 |" >>"$scratch/checks.md"
    note "$1: $2"
}

write_report() {
    {
        cat "$scratch/report.md"
        echo
        echo "## Checks"
        echo
        echo "| | |"
        echo "|---|---|"
        echo "| sources | git tree \`$(property "$scratch/new.properties" tree)\` by $agreed${silent:+; no answer from $silent} |"
        cat "$scratch/checks.md"
    } >"$report"
}

# stop WHAT LOG ADVICE: a step that failed. All that was written stays.
stop() {
    row "$1" "**failed**, and nothing after it was tried"
    [ -n "$report_only" ] || write_report
    tail -n 20 "$2" | sed 's/^/    /' >&2
    die "$1 failed; all of it: $2
$3
Then run the same command again: it goes on from here. The report: $report
To go back: git checkout -- $written"
}

# ---- steps

compile_shim() {
    [ -n "$new_commands" ] || { row "shim" "CMake cannot configure it: a target of upstream's has another name, say"; return; }
    note "compiling the shim against $version, without code"
    if python3 ci/upgrade/compiles.py "$new_commands" >"$logs/shim.log" 2>&1; then
        row "shim" "$(tail -n 1 "$logs/shim.log")"
    else
        row "shim" "**$(tail -n 1 "$logs/shim.log")**"
        [ -n "$report_only" ] || stop "shim" "$logs/shim.log" "Change native/shim so that it compiles against llama.cpp $version."
    fi
}

take_over() {
    cmp -s "$scratch/new.properties" $pinned || cat "$scratch/new.properties" >$pinned
    row "pin" "$(git diff --quiet HEAD -- $pinned && echo "as it was" || echo "written")"
    note "generating the bindings"
    ci/bindings >"$logs/bindings.log" 2>&1 || stop "bindings" "$logs/bindings.log" \
        "Mend what it names: bindings/src/generated/includes.txt (see \"Gone, and bound\" in the report), or the list of headers in ci/bindings."
    row "bindings" "$(tail -n 1 "$logs/bindings.log")"
}

build() {
    note "building the natives: native/build cpu"
    folder=$(native/build cpu 2>"$logs/cpu.log") || stop "natives" "$logs/cpu.log" "Change native/ so that it builds."
    row "natives" "built, core of $(wc -c <"$(echo "$folder"/libllamaffm-*)" | tr -d ' ') bytes"
    note "building upstream's tools, which tests compare with: native/build peers"
    native/build peers >"$logs/peers.log" 2>&1 || stop "peers" "$logs/peers.log" "Look at the names of targets in native/build, and at native/peers."
    row "peers" "built"
}

# maven NAME ADVICE ARGUMENT...
maven() {
    local name=$1 log=$logs/${1// /-}.log advice=$2 ran
    shift 2
    note "checking: $name"
    mvn -B "$@" -Dconsumers.skip -Dnative.skip "-Dllamaffm.library.path=$folder" >"$log" 2>&1 || stop "$name" "$log" "$advice"
    ran=$(grep 'Tests run:.*Skipped: [0-9]*$' "$log" | tail -n 1 | sed 's/.*Tests run: \([0-9]*\).*/\1/')
    row "$name" "${ran:?no test ran} tests pass"
}

check() {
    maven "tests of bindings" "Look at the tests of module bindings." -pl bindings -am test
    maven "tests of the surface" "The library's own table of sizes, offsets and constants, or what it exports, is not that of the bindings." \
        -pl java-api -am verify -Dtest=NONE -Dit.test=NativeSurfaceIT \
        -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
}

prepare() {
    if [ "${1-}" = --report-only ]; then
        report_only=yes
        shift
    fi
    case $#,${1-} in
        1,[!-]* | 2,[!-]*) version=$1 package=${2-} ;;
        *) usage ;;
    esac
    cd "$root"
    git rev-parse -q --verify HEAD >/dev/null || die "no git checkout: what is upgraded from is what git's HEAD pins."
    [ "$(git show "HEAD:$pinned" | sed -n 's/^release=//p')" != "$version" ] || die "git's HEAD pins llama.cpp $version already."
    [ -z "$report_only" ] || return 0
    [ -n "${JEXTRACT:-}" ] || die "set JEXTRACT to a jextract 25 command; see the head of ci/bindings"
    is_jdk25 "${JAVA_HOME:-}" || die "set JAVA_HOME to a JDK 25 (it is: ${JAVA_HOME:-not set})"
    # shellcheck disable=SC2086  # a list of paths
    [ "$(property $pinned release)" = "$version" ] || git diff --quiet HEAD -- $written ||
        die "there are changes in $written that are not committed: commit them first, so that git shows what the upgrade did."
}

main() {
    exec 3>&2
    prepare "$@"
    open_cache
    open_scratch
    get_old
    logs=$cache/upgrade/$old_version-$version
    mkdir -p "$logs"
    get_new
    : >"$scratch/checks.md"
    compare
    if [ -n "$report_only" ]; then
        report=$scratch/whole.md
        compile_shim
        write_report
        cat "$report"
        return
    fi
    mkdir -p docs/upgrading
    report=docs/upgrading/$old_version-$version.md
    write_report
    take_over
    compile_shim
    build
    check
    write_report
    note "llama.cpp $version is pinned. The report: $report
Next: read it, take what is wanted into bindings/src/generated/includes.txt and run the same command again; then mvn -B verify,
the long proofs of ci/soak, CHANGELOG.md; and commit."
}

# bash reads a script while it runs it; this line is read whole, so the file may change under a long run.
main "$@"; exit
