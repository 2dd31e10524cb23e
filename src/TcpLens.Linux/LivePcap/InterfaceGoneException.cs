namespace TcpLens.Linux;

/// <summary>An interface that was captured on gives no more packets: it has gone, or gone down for good.</summary>
public sealed class InterfaceGoneException : IOException
{
    public InterfaceGoneException()
    {
    }

    public InterfaceGoneException(string message)
        : base(message)
    {
    }

    public InterfaceGoneException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
