namespace Wgns.Firewall;

/// <summary>
/// Walks over the words of nft text (nft(8)) and notes which chains are defined, hooked and jumped to in which table.
/// It knows blocks (`table inet t { chain c { … } }`) and commands (`add chain inet t c { … }`), nothing of rules.
/// </summary>
internal sealed class RulesWalk(List<RulesToken> tokens)
{
    private static readonly HashSet<string> Families = ["ip", "ip6", "inet", "arp", "bridge", "netdev"];

    private readonly HashSet<(string Table, string Chain)> _reached = [];
    private readonly List<(string Table, RulesToken Name)> _defined = [];
    private readonly Dictionary<string, string> _variables = [];
    private string _table = string.Empty;
    private RulesToken? _chain;
    private int _depth;

    /// <summary>Depth of the blocks of <see cref="_table"/> and <see cref="_chain"/>; 0 outside of one.</summary>
    private int _tableDepth;

    private int _chainDepth;

    /// <summary>Chains with a hook, or that some rule or map jumps to.</summary>
    internal IEnumerable<(string Table, string Chain)> Reached => _reached;

    internal IReadOnlyList<(string Table, RulesToken Name)> Defined => _defined;

    internal bool JumpsAnywhere { get; private set; }

    internal void Run()
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            switch (tokens[i].Text)
            {
                case "{":
                    _depth++;
                    break;
                case "}":
                    Close();
                    break;
                case "define":
                    _variables[At(i + 1)] = At(i + 2);
                    break;
                case "jump" or "goto":
                    Jump(At(i + 1));
                    break;
                case "hook" when _chain is { } chain:
                    _reached.Add((_table, chain.Text));
                    break;
                case "table" when _depth == 0:
                    i = Table(i);
                    break;
                case "chain" when _depth == 0 || (_tableDepth > 0 && _depth == _tableDepth):
                    i = Chain(i);
                    break;
                case "rule" or "element" or "map" or "set" when _depth == 0 && Adds(i):
                    i = Owner(i + 1) - 1;
                    break;
                default:
                    break;
            }
        }
    }

    private void Close()
    {
        if (_depth == _chainDepth)
        {
            (_chain, _chainDepth) = (null, 0);
        }

        if (_depth == _tableDepth)
        {
            (_table, _tableDepth) = (string.Empty, 0);
        }

        _depth--;
    }

    private void Jump(string target)
    {
        if (!target.StartsWith('$'))
        {
            _reached.Add((_table, target));
        }
        else if (_variables.TryGetValue(target[1..], out var chain))
        {
            _reached.Add((_table, chain));
        }
        else
        {
            JumpsAnywhere = true;
        }
    }

    private int Table(int at)
    {
        var name = Owner(at + 1);
        _tableDepth = At(name) == "{" ? 1 : 0;
        return name - 1;
    }

    /// <summary>"chain x {" in a table, "add chain [family] table x"; not "delete chain …" and the like.</summary>
    private int Chain(int at)
    {
        var name = _depth == 0 ? Owner(at + 1) : at + 1;
        if (name >= tokens.Count || tokens[name].Text is "{" or "}" or ";")
        {
            return name - 1;
        }

        var isBlock = At(name + 1) == "{";
        if (_depth > 0 || Adds(at))
        {
            _defined.Add((_table, tokens[name]));
            _chain = isBlock ? tokens[name] : null;
            _chainDepth = isBlock ? _depth + 1 : 0;
        }

        return name;
    }

    /// <summary>Reads "[family] table" and makes it the current one; the family that nft takes where none is said is ip.</summary>
    /// <returns>The place after it.</returns>
    private int Owner(int at)
    {
        var hasFamily = Families.Contains(At(at)) && At(at + 1) is not ("{" or ";" or "");
        _table = hasFamily ? $"{At(at)} {At(at + 1)}" : $"ip {At(at)}";
        return at + (hasFamily ? 2 : 1);
    }

    /// <summary>Whether a command that adds something begins here; the word "add" may be left out.</summary>
    private bool Adds(int at) =>
        At(at - 1) is "" or ";" or "}" or "add" or "create" or "insert" or "replace" || tokens[at - 1].Line != tokens[at].Line;

    private string At(int index) => index >= 0 && index < tokens.Count ? tokens[index].Text : string.Empty;
}
