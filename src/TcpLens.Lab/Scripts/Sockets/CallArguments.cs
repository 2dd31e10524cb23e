namespace TcpLens.Lab;

/// <summary>The arguments of a call as numbers, buffers and structures.</summary>
internal readonly struct CallArguments(CallStatement call)
{
    private readonly CallStatement _call = call;

    public string Function => _call.Function;

    public int Count => _call.Arguments.Count;

    public ScriptValue this[int index]
        => index < Count ? _call.Arguments[index] : throw new UnsupportedFeatureException($"{_call.Function} with {Count} arguments");

    /// <summary>The number that the call is to return; a descriptor's, of calls that make one.</summary>
    public long? Expected => _call.Result is { } result ? Number(result) : null;

    public int Descriptor => (int)Integer(0);

    public long Integer(int index) => Number(this[index]);

    public bool IsNull(int index) => this[index] is ScriptValue.Name { Text: "NULL" };

    /// <summary>The only item of "[5]", or the number itself.</summary>
    public long Boxed(int index) => this[index] is ScriptValue.List { Items: [var only] } ? Number(only) : Integer(index);

    public static long Number(ScriptValue value) => value switch
    {
        ScriptValue.Number number => number.Value,
        ScriptValue.Name name => PosixNames.ValueOf(name.Text) ?? throw new UnsupportedFeatureException(name.Text),
        ScriptValue.Either either => Number(either.Left) | Number(either.Right),
        ScriptValue.Invocation { Function: "htons" or "htonl", Arguments: [var inner] } => Number(inner),
        _ => throw new UnsupportedFeatureException($"an argument of this kind ({value.GetType().Name.ToLowerInvariant()})"),
    };

    /// <summary>Octets of all buffers of "[{..., 100}, {..., 200}]".</summary>
    public static int BufferLength(ScriptValue? vectors)
        => vectors is ScriptValue.List list
            ? list.Items.Sum(static item => item is ScriptValue.Record { Fields: [_, var (_, length)] } ? (int)Number(length) : 0)
            : throw new UnsupportedFeatureException("buffers of this kind");
}
