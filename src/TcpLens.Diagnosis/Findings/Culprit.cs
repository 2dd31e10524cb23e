namespace TcpLens.Diagnosis;

public enum CulpritKind : byte
{
    Process,
    Listener,
    Remote,
    Destination,
    Container,
    Interface,
    Setting,
    Connection,
}

/// <summary>Who or what a finding points at. Findings that share a culprit belong together.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name as lists show it: "nginx/1234", "0.0.0.0:443", "10.0.0.7".</param>
/// <param name="Detail">Its share, in a few words: "212 of 240 sockets"; null when there is nothing to add.</param>
public sealed record Culprit(CulpritKind Kind, string Name, string? Detail = null);
