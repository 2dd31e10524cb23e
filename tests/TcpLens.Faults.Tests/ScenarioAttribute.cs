using System.Reflection;

namespace TcpLens.Faults.Tests;

/// <summary>
/// What a live scenario sets up, and which conditions the doctor must find in it: these and no others (of at least a notice). The matrix of
/// docs/conditions/README.md is made from these announcements, and each test holds the doctor to its own.
/// </summary>
/// <param name="about">The condition it is about: one it makes true, or one that it resembles.</param>
/// <param name="setUp">What is done, in a few words: "a listener that nobody accepts from".</param>
/// <param name="finds">Ids of the conditions to be found; none for a look-alike that must stay quiet.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScenarioAttribute(string about, string setUp, params string[] finds) : Attribute
{
    public string About => about;

    public string SetUp => setUp;

    public IReadOnlyList<string> Finds => finds;

    /// <summary>All scenarios of this assembly, by the condition they are about, those that fire first.</summary>
    public static IReadOnlyList<ScenarioAttribute> All { get; } =
    [
        .. typeof(ScenarioAttribute).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods())
            .Select(static method => method.GetCustomAttribute<ScenarioAttribute>())
            .OfType<ScenarioAttribute>()
            .OrderBy(static scenario => scenario.About, StringComparer.Ordinal)
            .ThenBy(static scenario => !scenario.Finds.Contains(scenario.About))
            .ThenBy(static scenario => scenario.SetUp, StringComparer.Ordinal),
    ];
}
