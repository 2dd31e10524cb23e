namespace TcpLens.Diagnosis;

/// <summary>A remedy that is one sysctl, with this machine's present value to go back to.</summary>
internal static class SettingRemedy
{
    /// <summary>None when this kernel does not have the setting, or has that value already.</summary>
    public static IEnumerable<Remedy> Of(CaseFile facts, string key, string value, string text, string risk)
    {
        if (facts.Settings[key] is { } present && present != value)
        {
            yield return new Remedy(RemedyKind.Setting, $"{text}: {key} = {value} (now {present})", risk)
            {
                Settings = [new SettingChange(key, value)],
                Undo = $"{key} = {present}",
            };
        }
    }
}
