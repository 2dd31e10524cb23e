using Xunit.v3;

namespace TcpLens.Testing;

/// <summary>
/// The test would fail if these requirements were not met: ids of docs/rfc-9293.tsv. The tests of documents hold that each id of the list has
/// such a test, and write docs/rfc-9293.md from the two.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequirementAttribute(params string[] ids) : Attribute, ITraitAttribute
{
    public IReadOnlyList<string> Ids { get; } = ids;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits()
        => [.. Ids.Select(static id => KeyValuePair.Create("Requirement", id))];
}
