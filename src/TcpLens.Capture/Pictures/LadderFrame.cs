namespace TcpLens.Capture;

/// <summary>Where the parts of a ladder stand, in units of its viewBox.</summary>
internal static class LadderFrame
{
    public const double Width = 900;

    /// <summary>The originator's lifeline, and the responder's.</summary>
    public const double Left = 204;
    public const double Right = 796;
    public const double Middle = (Left + Right) / 2;

    /// <summary>Between the lifelines, for words.</summary>
    public const double Inset = 12;
    public const double Room = Right - Left - (2 * Inset);

    /// <summary>The end of the column of times.</summary>
    public const double Times = 92;

    /// <summary>A band of states stands beside its lifeline, and its labels beside it.</summary>
    public const double Band = 10;
    public const double Label = 16;
    public const double LabelRoom = 86;

    /// <summary>Of a pause or an elision.</summary>
    public const double PauseHeight = 36;
}
