namespace TcpLens.Cli;

/// <summary>Shows a page again and again in one place. In a pipe nothing is shown before the end.</summary>
internal sealed class GrowingScreen(Session session)
{
    private static ReadOnlySpan<byte> HomeAndClear => "\e[H\e[2J"u8;

    public void Show(Action write)
    {
        if (session.Style.Columns is null || session.Style.IsDumb || session.Json)
        {
            return;
        }

        session.Output.Write(HomeAndClear);
        write();
        session.Output.Flush();
    }
}
