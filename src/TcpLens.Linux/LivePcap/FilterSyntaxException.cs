namespace TcpLens.Linux;

/// <summary>A text is no packet filter (pcap-filter(7)), or makes no sense on the link it was compiled for.</summary>
public sealed class FilterSyntaxException : FormatException
{
    public FilterSyntaxException()
        : this("", "no filter")
    {
    }

    public FilterSyntaxException(string message)
        : this("", message)
    {
    }

    public FilterSyntaxException(string message, Exception innerException)
        : base(message, innerException) => (Filter, Reason) = ("", message);

    /// <param name="filter">The text.</param>
    /// <param name="reason">What libpcap says of it.</param>
    public FilterSyntaxException(string filter, string reason)
        : base($"the packet filter \"{filter}\" cannot be used: {reason}") => (Filter, Reason) = (filter, reason);

    public string Filter { get; }

    /// <summary>In libpcap's words: "syntax error in filter expression".</summary>
    public string Reason { get; }
}
