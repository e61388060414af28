#!/bin/sh
# One case that must fail: fails.sh CASE.fails DIRECTORY_OF_PROGRAMS CC INCLUDE_FLAGS…
#
# A case begins with "run: command" and one or more "expect: text"; then files, each behind a line
# "--- name". The command is run in an empty directory that holds the files (and "out"); it must
# fail, say every expected text on standard error, and leave no file in "out". $cc compiles a
# generated file the way the build does. A "control: command" must succeed before, so that a case
# does not fail for a reason that nobody meant.
set -u
case_file=$1 programs=$2 compiler=$3
shift 3
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/ok" "$dir/out/words" "$dir/out/schema" "$dir/out/pages"
awk -v dir="$dir" '/^--- /{ file = dir "/" $2; printf "" > file; next } file { print > file }' "$case_file"
run=$(sed -n 's/^run: //p' "$case_file")
cc="$compiler -std=c17 -fsyntax-only -Wall -Wextra -Werror -D_GNU_SOURCE -I. -Iout $*"
export cc
control=$(sed -n 's/^control: //p' "$case_file")
if ! (cd "$dir" && PATH="$programs:$PATH" && export PATH && sh -c "${control:-true}") >"$dir/said.txt" 2>&1; then
    echo "$case_file: its control failed: $control"
    cat "$dir/said.txt"
    exit 1
fi
if (cd "$dir" && PATH="$programs:$PATH" && export PATH && sh -c "$run") >"$dir/said.txt" 2>&1; then
    echo "$case_file: did not fail: $run"
    exit 1
fi
sed -n 's/^expect: //p' "$case_file" >"$dir/expect.txt"
bad=0
while IFS= read -r text; do
    grep -qF -- "$text" "$dir/said.txt" || { echo "$case_file: did not say: $text"; bad=1; }
done <"$dir/expect.txt"
[ -s "$dir/expect.txt" ] || { echo "$case_file: expects nothing"; bad=1; }
if ! grep -q 'cc' "$case_file" && [ -n "$(find "$dir/out" -type f)" ]; then
    echo "$case_file: left files behind"
    bad=1
fi
[ $bad = 0 ] || { echo "it said:"; cat "$dir/said.txt"; }
exit $bad
