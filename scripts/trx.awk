# Reads the TRX files that `dotnet test` writes and prints one line a result:
#     passed|failed|skipped TAB test TAB reason (first line; empty when passed)
# A record is what stands between two '<': inside a value '<' is always written &lt;, so no value is cut.
BEGIN { RS = "<"; FS = "\n" }

function plain(s) {
    gsub(/&#x[Dd];/, "", s); gsub(/&#x[Aa];/, "\n", s); gsub(/\r/, "", s)
    gsub(/&lt;/, "<", s); gsub(/&gt;/, ">", s); gsub(/&quot;/, "\"", s); gsub(/&apos;/, "'", s)
    gsub(/&#x9;/, " ", s); gsub(/&amp;/, "\\&", s); gsub(/\t/, " ", s)
    sub(/^[ \n]+/, "", s); sub(/\n.*/, "", s); sub(/ +$/, "", s)
    return s
}

function attribute(name,    at, rest) {
    at = index($0, " " name "=\"")
    if (!at) return ""
    rest = substr($0, at + length(name) + 3)
    return plain(substr(rest, 1, index(rest, "\"") - 1))
}

function finish() {
    if (test == "") return
    if (outcome == "Passed" || outcome == "PassedButRunAborted" || outcome == "Warning") outcome = "passed"
    else if (outcome == "NotExecuted" || outcome == "Inconclusive" || outcome == "NotRunnable" || outcome == "Pending") outcome = "skipped"
    else outcome = "failed"
    if (outcome == "skipped" && reason == "") reason = "(no reason given)"
    print outcome "\t" test "\t" (outcome == "passed" ? "" : reason)
    test = ""; reason = ""
}

/^UnitTestResult[ \n]/ { finish(); test = attribute("testName"); outcome = attribute("outcome") }
/^Message>/ && test != "" && reason == "" { reason = plain(substr($0, 9)) }
/^\/Results>/ { finish() }
END { finish() }
