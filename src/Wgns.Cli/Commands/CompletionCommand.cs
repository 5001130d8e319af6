using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Configuration;
using Wgns.Systemd;

namespace Wgns.Cli.Commands;

/// <summary>`wgns completion SHELL`</summary>
internal static class CompletionCommand
{
    internal static Command Build()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a completion script: `wgns completion bash > /etc/bash_completion.d/wgns`") { shell };
        command.SetAction(result =>
        {
            Terminal.Out.Write(result.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return ExitStatus.Done;
        });
        return command;
    }

    /// <summary>What the scripts ask for: the line up to the cursor, which is its first <paramref name="point"/> characters.</summary>
    internal static int Suggest(string point, string line)
    {
        var length = int.TryParse(point, out var given) ? Math.Clamp(given, 0, line.Length) : line.Length;
        foreach (var word in Completion.Of(line[..length], Sources()))
        {
            Terminal.Out.WriteLine(word);
        }

        return ExitStatus.Done;
    }

    private static CompletionSources Sources() => new(
        [.. Shared.NamesThatStand()],
        ConfigurationReader.SystemDirectory,
        [UnitFiles.Directory, "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"]);

    // The program itself completes: the scripts hold no list of verbs that could go stale. Words that begin with a colon are
    // kinds of words (Completion); after `--` another program's words stand, which its own completion knows.
    private const string Bash = """
        _wgns() {
            local word="${COMP_WORDS[COMP_CWORD]}" found i
            for (( i = 1; i < COMP_CWORD; i++ )); do
                if [[ "${COMP_WORDS[i]}" == -- ]] && declare -F _command_offset >/dev/null; then
                    _command_offset $(( i + 1 ))
                    return
                fi
            done
            COMPREPLY=()
            # After --option= bash completes the value alone.
            [[ "${word}" != = ]] || word=
            while IFS= read -r found; do
                case "${found}" in
                    :files)
                        compopt -o filenames 2>/dev/null
                        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${word}")
                        ;;
                    :commands) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -c -- "${word}") ;;
                    :users) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -u -- "${word}") ;;
                    :groups) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -g -- "${word}") ;;
                    *)
                        [[ "${word}" == --* ]] || found="${found#--*=}"
                        COMPREPLY+=("${found}")
                        ;;
                esac
            done < <(wgns "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
        }
        complete -F _wgns wgns

        """;

    // From a directory of fpath the whole script is the function _wgns at its first call, and must answer it.
    private const string Zsh = """
        #compdef wgns
        _wgns() {
            local -a found kinds
            local i=${words[(ie)--]}
            if (( i < CURRENT )); then
                shift ${i} words
                (( CURRENT -= i ))
                _normal
                return
            fi
            # BUFFER is the whole line, with sudo or another command before this one.
            local line="${(j: :)words[1,CURRENT-1]} ${PREFIX}"
            found=(${(f)"$(wgns "[suggest:${#line}]" "${line}" 2>/dev/null)"})
            kinds=(${(M)found:#:*})
            found=(${found:#:*})
            if [[ "${PREFIX}" == --*=* ]]; then
                compset -P '*='
                found=(${found#--*=})
            fi
            (( ${#found} )) && compadd -a found
            (( ${kinds[(I):files]} )) && _files
            (( ${kinds[(I):commands]} )) && _command_names -e
            (( ${kinds[(I):users]} )) && _users
            (( ${kinds[(I):groups]} )) && _groups
            return 0
        }
        if [ "${funcstack[1]}" = _wgns ]; then
            _wgns "$@"
        else
            compdef _wgns wgns
        fi

        """;

    private const string Fish = """
        function __wgns_complete
            set -l line (commandline -cp)
            set -l word (commandline -ct)
            set -l before (commandline -opc)
            if set -l at (contains -i -- -- $before)
                set -l rest
                if test $at -lt (count $before)
                    set rest $before[(math $at + 1)..-1]
                end
                complete -C (string join ' ' -- (string escape -- $rest) $word)
                return
            end
            for found in (wgns "[suggest:"(string length -- $line)"]" $line 2>/dev/null)
                switch $found
                    case ':files'
                        __fish_complete_path $word
                    case ':commands'
                        complete -C $word
                    case ':users'
                        __fish_complete_users
                    case ':groups'
                        __fish_complete_groups
                    case '*'
                        echo $found
                end
            end
        end
        complete -c wgns -f -a '(__wgns_complete)'

        """;
}
