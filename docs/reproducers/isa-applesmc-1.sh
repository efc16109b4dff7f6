#!/usr/bin/env bash
# isa-applesmc: Nothing of the controller is migrated: a guest in the middle of a command reads the status of a reset.
# Does the guest notice? The same accesses twice: on a machine that stays where it is, and on one
# that is migrated meanwhile. Prints what the two read differently, and exits with 1 then.
# Needs bash, coreutils, diff, and the programs below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
streams=0
resets=0

# start COMMAND...: a QEMU that waits for lines of qtest, and for QMP.
start() {
    local here name
    here=$(mktemp -d "$work/machine.XXXX")
    for name in qtest qmp; do mkfifo "$here/$name.in" "$here/$name.out"; done
    log=$here/log
    "$@" -chardev "pipe,id=qtest,path=$here/qtest" -qtest chardev:qtest -qtest-log /dev/null \
        -chardev "pipe,id=qmp,path=$here/qmp" -mon chardev=qmp,mode=control >"$log" 2>&1 </dev/null &
    machine=$!
    trap 'kill $machine 2>/dev/null || true' EXIT
    exec {to_qtest}<>"$here/qtest.in" {from_qtest}<>"$here/qtest.out"
    exec {to_qmp}<>"$here/qmp.in" {from_qmp}<>"$here/qmp.out"
    qmp qmp_capabilities
}

# hear PIPE: its next line, in $answer.
hear() {
    local second
    for second in {1..30}; do
        if read -r -t 1 answer <&"$1"; then return; fi
        kill -0 $machine 2>/dev/null || break
    done
    give_up "the machine does not answer: $(cat "$log")"
}

# give_up WORDS: a machine ends before its guest is done.
give_up() {
    echo "$1"
    exit 3
}

# qmp COMMAND [ARGUMENTS]: what it returns, in $answer.
qmp() {
    echo "{\"execute\": \"$1\", \"arguments\": ${2:-{\}}}" >&"$to_qmp"
    while hear "$from_qmp"; do
        case $answer in
        *'"return"'*) return ;;
        *'"error"'*) give_up "$1: $answer" ;;
        *'"RESET"'*) resets=$((resets + 1)) ;;
        esac
    done
}

# qtest LINE: the answer, in $answer.
qtest() {
    echo "$1" >&"$to_qtest"
    hear "$from_qtest"
}

# ask NAME LINE: print the answer.
ask() {
    qtest "$2"
    echo "$1: ${answer#OK }"
}

moment() {
    qmp cont
    sleep 0.002
    qmp stop
}

reset_machine() {
    resets=0
    qmp system_reset
    while [ $resets = 0 ]; do qmp query-status; done
    set_up
}

# written: write the stream of the machine to a file, in $stream.
written() {
    streams=$((streams + 1))
    stream=$work/stream$streams
    qmp migrate "{\"uri\": \"exec:cat >$stream\"}"
    while qmp query-migrate; do
        case $answer in
        *'"completed"'*) return ;;
        *'"failed"'*) give_up "the migration fails: $answer" ;;
        esac
        sleep 0.05
    done
}

# migrate stays|moves COMMAND...: go on on another machine.
migrate() {
    if [ "$1" = stays ]; then return; fi
    written
    kill $machine
    start "${@:2}" -incoming "exec:cat $stream"
    while qmp query-status; do
        case $answer in *'"inmigrate"'*) sleep 0.05 ;; *) return ;; esac
    done
}

# save stays|moves: save the machine, and go on on it.
save() {
    if [ "$1" = moves ]; then written; fi
}

compare() {
    if ! (guest stays) >"$work/stays"; then
        echo "A guest that stays where it is does not get to the end:"
        cat "$work/stays"
        exit 2
    fi
    (guest moves) >"$work/moves" || true
    if diff "$work/stays" "$work/moves" >"$work/differences"; then
        echo "The guest notices nothing."
        return
    fi
    echo "A guest that stays where it is (<), and one that is migrated (>):"
    cat "$work/differences"
    exit 1
}

source_qemu=(qemu-system-x86_64 -M q35,vmport=off -accel tcg -S -nodefaults -display none -vga none -rtc base=2020-01-01,clock=vm -bios "$work/firmware" -m 2M -device isa-applesmc,id=tested0)
destination_qemu=(qemu-system-x86_64 -M q35,vmport=off -accel tcg -S -nodefaults -display none -vga none -rtc base=2020-01-01,clock=vm -bios "$work/firmware" -m 2M -device isa-applesmc,id=tested0)

# An instruction that keeps the CPU where it is.
printf '\372\364%.0s' $(seq 32768) >"$work/firmware"

set_up() {
    :
}

guest() {
    start "${source_qemu[@]}"
    set_up
    qtest 'outb 0x304 0x0'
    migrate "$1" "${destination_qemu[@]}"
    ask applesmc-cmd+0x0 'inb 0x304'
}

compare
