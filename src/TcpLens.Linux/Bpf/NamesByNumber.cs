namespace TcpLens.Linux;

/// <summary>
/// Names by their numbers, as the kernel tells them in more than one place. Foreign octets: a number too large to be one of a dense
/// list is left out.
/// </summary>
internal sealed class NamesByNumber
{
    /// <summary>Linux 6.18 has 128 reasons to drop a segment, the longest list read here.</summary>
    public const int Most = 512;

    private readonly List<string> _names = [];

    /// <summary>"" for a number between others that has no name.</summary>
    public IReadOnlyList<string> All => _names;

    /// <summary>Of two names for one number the first counts.</summary>
    public void Add(ulong number, string name)
    {
        if (number >= Most)
        {
            return;
        }

        while (_names.Count <= (int)number)
        {
            _names.Add("");
        }

        if (_names[(int)number].Length == 0)
        {
            _names[(int)number] = name;
        }
    }
}
