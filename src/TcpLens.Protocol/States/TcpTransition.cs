namespace TcpLens.Protocol;

/// <summary>Whether Linux can take a transition of the RFC.</summary>
public enum LinuxSupport : byte
{
    /// <summary>Linux takes it as the RFC draws it.</summary>
    Same,

    /// <summary>Linux arrives at the same place by a way of its own: <see cref="TcpTransition.LinuxNote"/> tells which.</summary>
    Different,

    /// <summary>No socket on Linux ever takes it.</summary>
    Never,
}

/// <summary>
/// One row of the table: in From, Event leads to To, as Section of RFC 9293 asks. Name is what the transition is called when it is
/// rare enough to need a name; LinuxNote one sentence on how Linux differs. Both are empty when there is nothing to say.
/// </summary>
public sealed record TcpTransition(
    TcpState From, TcpEvent Event, TcpState To, string Section, string Name = "", LinuxSupport Linux = LinuxSupport.Same, string LinuxNote = "")
{
    public bool IsRare => Name.Length != 0;
}
