namespace TcpLens.Lab;

/// <summary>A packetdrill script as it was written: its options ("--tolerance_usecs=75000") and its statements in their order.</summary>
/// <param name="Name">The file, for messages.</param>
/// <param name="Options">Without the dashes; an option without a value has an empty one.</param>
/// <param name="Statements">What happens.</param>
public sealed record Script(string Name, IReadOnlyDictionary<string, string> Options, IReadOnlyList<ScriptStatement> Statements);

/// <summary>One thing that happens, or is to be seen to happen.</summary>
/// <param name="Line">Where it stands, from 1.</param>
/// <param name="Time">When.</param>
/// <param name="Text">As it was written, for reports.</param>
public abstract record ScriptStatement(int Line, ScriptTime Time, string Text);

/// <summary>A TCP segment that is sent to the stack, or is to be sent by it.</summary>
public sealed record SegmentStatement(int Line, ScriptTime Time, string Text, bool IsInbound, ScriptSegment Segment) : ScriptStatement(Line, Time, Text);

/// <summary>An ICMP message to the stack.</summary>
public sealed record IcmpStatement(int Line, ScriptTime Time, string Text, bool IsInbound, ScriptIcmp Message) : ScriptStatement(Line, Time, Text);

/// <summary>A socket call and what it is to return.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="Time">When it is made, and for a blocking call when it returns.</param>
/// <param name="Text">As it was written.</param>
/// <param name="Function">Its name.</param>
/// <param name="Arguments">As written.</param>
/// <param name="Result">Null: whatever it returns ("?").</param>
/// <param name="Error">The errno's name behind a result of -1.</param>
public sealed record CallStatement(
    int Line, ScriptTime Time, string Text, string Function, IReadOnlyList<ScriptValue> Arguments, ScriptValue? Result, string? Error)
    : ScriptStatement(Line, Time, Text);

/// <summary>A shell command between back quotes. It is not run: what it would do is done to the stack's settings.</summary>
public sealed record ShellStatement(int Line, ScriptTime Time, string Text, string Command) : ScriptStatement(Line, Time, Text);

/// <summary>Assertions about TCP_INFO between %{ and }%.</summary>
public sealed record CodeStatement(int Line, ScriptTime Time, string Text, string Code) : ScriptStatement(Line, Time, Text);

/// <summary>A statement of the language that this runner does not know; the script is reported as not supported.</summary>
public sealed record UnknownStatement(int Line, ScriptTime Time, string Text, string Feature) : ScriptStatement(Line, Time, Text);
