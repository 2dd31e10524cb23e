namespace TcpLens.Diagnosis;

/// <summary>The meanings for TCP, by symbol.</summary>
internal static class TcpErrnos
{
    private static readonly Dictionary<string, TcpErrno> BySymbol = new(
        ConnectErrnos.Rows.Concat(AddressErrnos.Rows).Concat(TransferErrnos.Rows).Concat(WaitErrnos.Rows).Concat(LimitErrnos.Rows).Concat(MisuseErrnos.Rows));

    public static IReadOnlyCollection<string> Symbols => BySymbol.Keys;

    public static TcpErrno? Of(string symbol) => BySymbol.GetValueOrDefault(symbol);
}
