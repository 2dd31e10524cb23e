namespace TcpLens.Diagnosis;

/// <summary>A sysctl and what it should become, as it would be written to its file under /proc/sys.</summary>
public sealed record SettingChange(string Key, string Value);
