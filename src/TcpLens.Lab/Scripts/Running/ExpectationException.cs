namespace TcpLens.Lab;

/// <summary>What a script expects did not happen.</summary>
internal sealed class ExpectationException : Exception
{
    public ExpectationException(string expected, string got)
        : base($"expected {expected}, got {got}")
    {
        Expected = expected;
        Got = got;
    }

    public ExpectationException()
    {
    }

    public ExpectationException(string message)
        : base(message)
    {
    }

    public ExpectationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public string Expected { get; } = "";

    public string Got { get; } = "";
}
