namespace TcpLens.Lab;

/// <summary>An argument or a result of a call, as written.</summary>
public abstract record ScriptValue
{
    /// <summary>"...": whatever the runner puts there.</summary>
    public sealed record Ellipsis : ScriptValue;

    public sealed record Number(long Value) : ScriptValue;

    /// <summary>A constant by its name: O_RDWR, ECONNRESET, NULL.</summary>
    public sealed record Name(string Text) : ScriptValue;

    public sealed record Quoted(string Text) : ScriptValue;

    /// <summary>"O_RDWR|O_NONBLOCK".</summary>
    public sealed record Either(ScriptValue Left, ScriptValue Right) : ScriptValue;

    /// <summary>"htons(8080)", "msg_iov(1)".</summary>
    public sealed record Invocation(string Function, IReadOnlyList<ScriptValue> Arguments) : ScriptValue;

    /// <summary>"[65536]".</summary>
    public sealed record List(IReadOnlyList<ScriptValue> Items) : ScriptValue;

    /// <summary>"{events=POLLIN, fd=4}"; an item without a name has an empty one.</summary>
    public sealed record Record(IReadOnlyList<(string Name, ScriptValue Value)> Fields) : ScriptValue
    {
        public ScriptValue? this[string name]
        {
            get
            {
                foreach ((string field, ScriptValue value) in Fields)
                {
                    if (field == name)
                    {
                        return value;
                    }
                }

                return null;
            }
        }
    }
}
