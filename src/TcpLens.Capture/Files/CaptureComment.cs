namespace TcpLens.Capture;

/// <summary>What a comment in a capture is about.</summary>
public enum CommentSubject : byte
{
    Section,
    Interface,
    Packet,
}

/// <summary>A comment that somebody left in a capture.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Number">Which packet, section or interface, from 1.</param>
/// <param name="Text">As it stands there, cut to <see cref="CaptureTally.MaxCommentLength"/>; it may hold any character.</param>
public sealed record CaptureComment(CommentSubject Subject, long Number, string Text);
