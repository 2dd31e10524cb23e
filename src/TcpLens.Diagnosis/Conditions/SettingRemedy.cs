namespace TcpLens.Diagnosis;

/// <summary>Remedies that are settings: each knows the value that this machine has now, which is the way back.</summary>
internal static class SettingRemedy
{
    /// <summary>Nothing when this machine does not have the setting, or has that value already.</summary>
    public static IEnumerable<Remedy> Of(CaseFile facts, string key, string value, string text, string risk)
    {
        if (facts.Settings[key] is { } old && old != value)
        {
            yield return new Remedy(RemedyKind.Setting, text, risk)
            {
                Settings = [new SettingChange(key, value)],
                Undo = $"{key} = {old}",
            };
        }
    }
}
