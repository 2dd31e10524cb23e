namespace TcpLens.Observation;

/// <summary>A line of a configuration file that sets a sysctl at boot (sysctl.d(5)).</summary>
/// <param name="Key">Dotted name, as the line means it.</param>
/// <param name="Value">What the line sets, blanks trimmed.</param>
/// <param name="Path">The file.</param>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="IsEffective">False when a later line or a file of higher rank sets the same key.</param>
public sealed record SettingSource(string Key, string Value, string Path, int Line, bool IsEffective);
