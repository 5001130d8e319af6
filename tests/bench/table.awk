# Lays out the rows of tests/bench/run.sh. A row, by TABs:
#     group  what  mine-us  against  theirs-us  target-kind  limit
# target-kind: ratio (mine / theirs <= limit), below (mine < limit us), within (mine - theirs <= limit us), none;
#              failed puts the sixth field's text instead of figures.
BEGIN { FS = "\t" }

function time(us) { return us >= 1e6 ? sprintf("%.2f s ", us / 1e6) : sprintf("%.2f ms", us / 1e3) }

function line(what, mine, against, theirs, ratio, target, verdict) {
    printf "%-38s %11s  %-38s %11s %8s  %-10s %s\n", what, mine, against, theirs, ratio, target, verdict
}

NR == 1 { line("what", "wgns", "against", "theirs", "ratio", "target", "") }

$1 != group { group = $1; printf "%s\n", group }

$6 == "failed" { line("  " $2, "-", $4, "-", "-", "", "could not run: " $7); next }

{
    ratio = $3 / $5
    if ($6 == "ratio") { target = sprintf("<= %.2fx", $7); good = ratio <= $7 }
    else if ($6 == "below") { target = "< " $7 / 1e3 " ms"; good = $3 < $7 }
    else if ($6 == "within") { target = "<= +" $7 / 1e3 " ms"; good = $3 - $5 <= $7 }
    else target = ""
    line("  " $2, time($3), $4, time($5), sprintf("%.2fx", ratio), target, target == "" ? "" : good ? "ok" : "missed")
}
