namespace TcpLens.Protocol;

/// <summary>
/// A header looked at where it stands: lengths are checked once, nothing is copied, nothing is judged. What stands behind the header
/// may be missing, since captures are cut.
/// </summary>
public interface IHeaderView<TSelf>
    where TSelf : IHeaderView<TSelf>, allows ref struct
{
    /// <summary>False, and the reason, when the octets cannot be this header. Never throws.</summary>
    static abstract bool TryParse(ReadOnlySpan<byte> octets, out TSelf header, out HeaderFault fault);
}

/// <summary>Why octets are not the header they should be.</summary>
public enum HeaderFault : byte
{
    None,

    /// <summary>They end inside of the part that every such header has.</summary>
    TooShort,

    /// <summary>The version is another protocol's.</summary>
    Version,

    /// <summary>The header says that it is shorter than any such header.</summary>
    LengthTooSmall,
}
