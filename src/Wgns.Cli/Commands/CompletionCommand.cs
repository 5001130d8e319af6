using System.CommandLine;
using Wgns.Cli.Output;

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

    // The program itself completes, by System.CommandLine's [suggest:POSITION] directive: the scripts hold no list of
    // verbs that could go stale.
    private const string Bash = """
        _wgns() {
            local line="${COMP_LINE}" point="${COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}"
            COMPREPLY=( $(compgen -W "$(wgns "[suggest:${point}]" "${line}" 2>/dev/null)" -- "${word}") )
            if [ "${#COMPREPLY[@]}" -eq 0 ]; then
                COMPREPLY=( $(compgen -f -- "${word}") )
            fi
        }
        complete -o filenames -F _wgns wgns

        """;

    // From a directory of fpath the whole script is the function _wgns at its first call, and must answer it.
    private const string Zsh = """
        #compdef wgns
        _wgns() {
            local -a found
            found=(${(f)"$(wgns "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)"})
            compadd -a found
            _files
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
            wgns "[suggest:"(string length -- $line)"]" $line 2>/dev/null
        end
        complete -c wgns -a '(__wgns_complete)'

        """;
}
