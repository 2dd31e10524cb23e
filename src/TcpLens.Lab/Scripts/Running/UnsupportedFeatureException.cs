namespace TcpLens.Lab;

/// <summary>A script uses what the runner does not have; its result is then "not supported", not "failed".</summary>
internal sealed class UnsupportedFeatureException : Exception
{
    public UnsupportedFeatureException(string feature)
        : base(feature)
    {
    }

    public UnsupportedFeatureException()
    {
    }

    public UnsupportedFeatureException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
