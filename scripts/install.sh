#!/usr/bin/env bash
# scripts/install.sh DESTDIR PREFIX: the program, its systemd units, man pages and shell completions, the example
# configuration, and the papers.
set -euo pipefail
cd "$(dirname "$0")/.."
destdir=$1 prefix=$2
root=$destdir$prefix
writes_code=''

if [[ -L out/wgns ]]; then
  # Not native: the program is a folder, and its starter finds the rest beside itself through the link.
  mkdir -p "$root/bin" "$root/lib/wgns"
  cp -R out/managed/. "$root/lib/wgns/"
  ln -sfn ../lib/wgns/Wgns.Cli "$root/bin/wgns"
  # It writes the code that it runs, which native code does not.
  writes_code='#'
else
  install -D -m 755 out/wgns "$root/bin/wgns"
fi

completion() {
  local text
  text=$(out/wgns completion "$1")
  install -D -m 644 /dev/stdin "$root/$2" <<<"$text"
}
completion bash share/bash-completion/completions/wgns
completion zsh share/zsh/site-functions/_wgns
completion fish share/fish/vendor_completions.d/wgns.fish

for page in docs/man/*; do
  install -D -m 644 "$page" "$root/share/man/man${page##*.}/${page##*/}"
done

# systemd reads /usr/local/lib/systemd/system and /usr/lib/systemd/system alike.
for unit in systemd/wgns*; do
  sed -e "s|@WGNS@|$prefix/bin/wgns|" -e "s|^@MDWX@|$writes_code|" "$unit" |
    install -D -m 644 /dev/stdin "$root/lib/systemd/system/$(basename "$unit")"
done

(cd examples && find . -type f -printf '%m %P\n') | while read -r mode file; do
  # Whatever the one who builds has for a umask.
  if [[ $mode == 7* ]]; then mode=755; else mode=644; fi
  install -D -m "$mode" "examples/$file" "$root/share/doc/wgns/examples/$file"
done
# Side by side as they are here, since they refer to each other.
for paper in LICENSE README.md CHANGELOG.md docs/*.md docs/decisions/*.md; do
  install -D -m 644 "$paper" "$root/share/doc/wgns/$paper"
done
printf 'installed %s/bin/wgns\n' "$prefix"
