using System.Text.Json;
using TcpLens.Diagnosis;

namespace TcpLens.Cli.Explain;

/// <summary>A page about a setting, with this machine's value and what is to be said about it.</summary>
internal static class SysctlExplanation
{
    public static string Brief(SysctlPage page) => page.IsRemoved ? $"removed in Linux {page.RemovedIn}. {page.Meaning}" : page.Meaning;

    public static Explanation Text(SysctlPage page, MachineFacts machine)
    {
        List<ExplainSection> sections =
        [
            new("What it does", [page.Meaning, .. Fate(page)]),
            new("On this machine", [.. Here(page, machine)]),
            new("Facts", [.. Facts(page).Select(line => Explanation.Item + line)]),
        ];
        Explanation.AddItems(sections, "What advice gets wrong", page.Myths);
        Explanation.AddConditions(sections, page.Conditions);
        return new Explanation(page.Key, sections);
    }

    /// <summary>The members of the object; null for what this kernel does not have or what cannot be told.</summary>
    public static void Write(Utf8JsonWriter json, SysctlPage page, MachineFacts machine)
    {
        json.WriteString("key", page.Key);
        json.WriteString("title", page.Key);
        json.WriteString("meaning", page.Meaning);
        ExplainJson.TextOrNull(json, "unit", page.Unit);
        ExplainJson.TextOrNull(json, "range", page.Range);
        json.WriteString("value", Value(page, machine));
        json.WriteString("default", page.Default);
        json.WriteString("default_here", SysctlCatalog.DefaultOf(page.Key, machine.Settings));
        WriteJudgement(json, SysctlCatalog.Judge(page.Key, machine.Settings));
        json.WriteString("scope", Scope(page));
        ExplainJson.TextOrNull(json, "since", page.Since);
        json.WriteString("removed_in", page.RemovedIn);
        json.WriteString("no_effect_since", page.NoEffectSince);
        ExplainJson.TextOrNull(json, "only_where", page.OnlyWhere);
        json.WriteBoolean("read_only", page.IsReadOnly);
        json.WriteString("takes_effect", page.TakesEffect);
        ExplainJson.TextOrNull(json, "raising", page.Raising);
        ExplainJson.TextOrNull(json, "lowering", page.Lowering);
        json.WriteString("risk", page.Risk);
        ExplainJson.Strings(json, "myths", page.Myths);
        ExplainJson.Strings(json, "conditions", page.Conditions);
    }

    private static IEnumerable<string> Fate(SysctlPage page)
    {
        if (page.IsRemoved)
        {
            yield return $"Removed in Linux {page.RemovedIn}. Setting it does nothing but make sysctl complain.";
        }

        if (page.NoEffectSince is { } version)
        {
            yield return $"Without effect since Linux {version}: it can be set, and nothing reads it.";
        }
    }

    private static IEnumerable<string> Here(SysctlPage page, MachineFacts machine)
    {
        if (Value(page, machine) is not { } value)
        {
            yield return Missing(page);
            yield break;
        }

        string unit = page.Unit.Length > 0 && value.Length > 0 && !value.Contains(' ', StringComparison.Ordinal) ? " " + page.Unit : "";
        string? usual = SysctlCatalog.DefaultOf(page.Key, machine.Settings);
        yield return $"{(value.Length == 0 ? "empty" : value)}{unit}{Compare(page, value, usual)}";
        if (SysctlCatalog.Judge(page.Key, machine.Settings) is { } judgement)
        {
            yield return $"{Word(judgement.Severity)}: {judgement.Reason}";
        }
    }

    private static string Compare(SysctlPage page, string value, string? usual) => usual switch
    {
        _ when page.IsReadOnly => "",
        null => $" (the kernel's default: {page.Default})",
        _ when usual == value => ", the kernel's default",
        "" => "; the kernel's default is an empty list",
        _ => $"; the kernel's default here is {usual}",
    };

    private static string Missing(SysctlPage page) => page switch
    {
        { IsRemoved: true } => "This kernel does not have it.",
        { OnlyWhere.Length: > 0 } => $"Not here. It is there where {page.OnlyWhere}.",
        { Scope: SysctlScope.Host } => "Not shown here: it is a setting of the host, and this network namespace is another.",
        _ => $"This kernel does not have it; it came with Linux {page.Since}.",
    };

    private static IEnumerable<string> Facts(SysctlPage page)
    {
        yield return $"for {(page.Scope == SysctlScope.Host ? "the whole host" : "one network namespace")}";
        foreach ((string name, string text) in new[]
        {
            ("unit", page.Unit), ("values", page.Range), ("default", page.Default), ("since", page.Since.Length > 0 ? "Linux " + page.Since : ""),
            ("takes effect", page.IsReadOnly || page.IsRemoved ? "" : page.TakesEffect), ("raising it", page.Raising), ("lowering it", page.Lowering),
            ("risk of a change", page.IsReadOnly ? "" : page.Risk),
        })
        {
            if (text.Length > 0)
            {
                yield return $"{name}: {text}";
            }
        }
    }

    private static string? Value(SysctlPage page, MachineFacts machine) => machine.Setting(page.Key) is { } value ? SysctlCatalog.Normal(value) : null;

    private static string Scope(SysctlPage page) => page.Scope == SysctlScope.Host ? "host" : "namespace";

    private static string Word(Severity severity) => severity == Severity.Warning ? "Warning" : "Notice";

    private static void WriteJudgement(Utf8JsonWriter json, SysctlJudgement? judgement)
    {
        if (judgement is null)
        {
            json.WriteNull("judgement");
            return;
        }

        json.WriteStartObject("judgement");
        json.WriteString("severity", Word(judgement.Severity).ToLowerInvariant());
        json.WriteString("reason", judgement.Reason);
        json.WriteString("recommended", judgement.Recommended);
        json.WriteEndObject();
    }
}
