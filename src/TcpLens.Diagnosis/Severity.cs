namespace TcpLens.Diagnosis;

/// <summary>How bad it is for users. Ordered: a later one is worse.</summary>
public enum Severity : byte
{
    /// <summary>Looked at, and nothing is wrong.</summary>
    Ok,

    /// <summary>Explains something; nobody has to act.</summary>
    Info,

    /// <summary>Worth a look before it grows.</summary>
    Notice,

    /// <summary>Users are affected a little, or soon.</summary>
    Warning,

    /// <summary>Users are affected now, or a limit is reached.</summary>
    Critical,
}
