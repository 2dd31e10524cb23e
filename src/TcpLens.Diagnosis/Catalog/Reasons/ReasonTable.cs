namespace TcpLens.Diagnosis;

/// <summary>Pages by name, in any case, with '-' for '_', and with the prefix that the kernel's source has.</summary>
internal sealed class ReasonTable(string prefix, params IEnumerable<ReasonPage>[] tables)
{
    private readonly ReasonPage[] _pages = [.. tables.SelectMany(table => table)];
    private Dictionary<string, ReasonPage>? _byName;

    public IReadOnlyList<ReasonPage> Pages => _pages;

    public ReasonPage? Find(string name)
    {
        _byName ??= _pages.ToDictionary(page => page.Name, StringComparer.OrdinalIgnoreCase);
        string plain = name.Trim().Replace('-', '_');
        return _byName.GetValueOrDefault(plain.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? plain[prefix.Length..] : plain);
    }
}
