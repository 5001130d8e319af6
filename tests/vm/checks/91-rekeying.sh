# shellcheck shell=bash
# of several machines only: bookworm
# What became of the sessions that 12-rekeying_begins left: renewed again and again, by either side, and nothing was lost.
# Alone with that file it waits for the second renewal, 240 s after the beginning.
# shellcheck source=tests/vm/guest/far.sh
. "$HERE/guest/far.sh"

# Handshakes that samples of `wg show latest-handshakes` saw the peer with this key have.
seen_handshakes() { awk -v key="$(pub "$2")" '$1 == key && $2 > 0 { print $2 }' "$WORK/trickle/$1.handshakes" | sort -u | wc -l; }
has_seen_handshakes() { [[ $(seen_handshakes "$1" "$2") -ge 3 ]]; }

check_whoever_of_wgns_and_the_kernel_is_the_only_one_to_send_renews_the_session_each_two_minutes() {
  # The one side's initiations come, the other's go out; each is answered.
  eventually 220 has_counted responses_out_51901 3
  eventually 30 has_counted responses_in_51902 3
  equal "initiations of the kernel where only wgns's engine sends" 0 "$(counted initiations_out_51901)"
  equal "initiations of wgns's engine where only the kernel sends" 0 "$(counted initiations_in_51902)"
}

check_wg_showed_handshake_after_handshake_on_either_side() {
  eventually 60 has_seen_handshakes trickle0 k1
  eventually 60 has_seen_handshakes k2 trickle
}

check_no_datagram_was_lost_and_none_came_twice() {
  local name
  for name in sender1 sender2; do kill -- "-$(cat "$WORK/trickle/$name.pid")"; done
  eventually 10 all_have_come trickle0 k1
  eventually 10 all_have_come k2 k2
  [[ $(wc -l <"$WORK/trickle/k2.received") -gt 60 ]]
}
# all_have_come SENDER RECEIVER
all_have_come() { diff "$WORK/trickle/$1.sent" <(sort -n "$WORK/trickle/$2.received"); }

check_no_ping_or_its_answer_was_lost() {
  kill -INT -- "-$(cat "$WORK/trickle/pings.pid")"
  eventually 10 grep -q 'packets transmitted' "$WORK/trickle/pings.out"
  local sent received
  read -r sent received < <(awk '/packets transmitted/ { print $1, $4 }' "$WORK/trickle/pings.out")
  tail -n 3 "$WORK/trickle/pings.out"
  # The last may still be under way.
  [[ $sent -gt 60 && $((sent - received)) -le 1 ]]
  fails grep -q -e DUP -e corrupted "$WORK/trickle/pings.out"
}

check_the_engine_is_the_one_that_began_and_ends_with_down() {
  contains status "$(wgns status trickle)" "trickle0"
  equal drift '[]' "$(wgns status trickle --json | jq -c '.namespaces[0].drift')"
  local name pid
  for name in receiver1 receiver2; do kill -- "-$(cat "$WORK/trickle/$name.pid")" 2>/dev/null || true; done
  pid=$(wgns status trickle --json | jq -r '.namespaces[0].interfaces[0].enginePid')
  wgns down trickle
  eventually 10 test ! -e "/proc/$pid"
  gone trickle
}

teardown() { drop_far; }
