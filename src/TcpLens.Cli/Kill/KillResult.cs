namespace TcpLens.Cli;

internal enum KillOutcome : byte
{
    /// <summary>Would be closed, but for --dry-run.</summary>
    WouldClose,
    Closed,
    Vanished,

    /// <summary>Still there: we spared it, or the kernel refused.</summary>
    Refused,

    /// <summary>Still there: the command was interrupted before its turn.</summary>
    NotTried,
}

/// <summary>A socket that the filter meant, and what became of it.</summary>
/// <param name="Socket">The socket as it was listed.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Errno">The kernel's answer, where it refused; else 0.</param>
/// <param name="Reason">Why it is still there; null when it is not.</param>
internal readonly record struct KillResult(KeptSocket Socket, KillOutcome Outcome, int Errno = 0, string? Reason = null);
