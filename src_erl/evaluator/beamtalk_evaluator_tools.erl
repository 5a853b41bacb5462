%%% @doc What tools ask a session of the evaluator: code, numbers, calls, snapshots. No process of its own.
-module(beamtalk_evaluator_tools).

-export([stats/1, disassemble/3, tiers/0, tiers/1, subscribe/2, tell/2, snapshot/1, restore/2]).

-export_type([stats/0, tiers/0]).

-type session() :: beamtalk_evaluator_driver:session().
-type stats() :: #{
    memory := non_neg_integer(),
    reductions := non_neg_integer(),
    calls := non_neg_integer(),
    variables := non_neg_integer(),
    definitions := non_neg_integer(),
    classes := non_neg_integer(),
    methods := non_neg_integer(),
    code := non_neg_integer(),
    library := non_neg_integer(),
    symbols := non_neg_integer(),
    atoms := non_neg_integer()
}.
-type tiers() :: #{
    {Class :: binary(), Selector :: binary()} => #{
        tier := 0,
        version := pos_integer(),
        calls := non_neg_integer(),
        %% Bytes.
        code_size := non_neg_integer(),
        %% Why it is in no higher tier.
        not_promoted := no_faster_tier
    }
}.

%% What comes before the machine's own form; its version is part of it.
-define(HEAD, "beamtalk session 1\n").

-spec stats(session()) -> stats() | {error, session_lost | busy}.
stats(Session) ->
    case request(Session, {stats}) of
        {stats, Stats} -> Stats;
        {error, _} = Error -> Error
    end.

-spec disassemble(session(), atom() | binary(), atom() | binary()) ->
    {ok, binary()} | {error, unknown_class | unknown_method | runs_on_node | session_lost | busy}.
disassemble(Session, Class, Selector) when is_atom(Class) -> disassemble(Session, atom_to_binary(Class), Selector);
disassemble(Session, Class, Selector) when is_atom(Selector) -> disassemble(Session, Class, atom_to_binary(Selector));
disassemble(Session, Class, Selector) ->
    {Name, Side} =
        case string:split(Class, <<" class">>, trailing) of
            [Instance, <<>>] -> {Instance, class};
            _ -> {Class, instance}
        end,
    ok = beamtalk_evaluator_driver:tell(Session),
    code(Session, {disassemble, Name, Side, Selector}, []).

%% The machine asks for the classes it needs, one after the other.
code(Session, Request, Told) ->
    case request(Session, Request) of
        {text, Text} ->
            {ok, Text};
        host ->
            {error, runs_on_node};
        missing ->
            {error, unknown_method};
        {unknown, Name} ->
            case not lists:member(Name, Told) andalso existing(Name) of
                false ->
                    {error, unknown_class};
                {ok, Class} ->
                    case request(Session, beamtalk_evaluator_driver:about_class(Class)) of
                        {error, _} = Error -> Error;
                        _ -> code(Session, Request, [Name | Told])
                    end
            end;
        {error, _} = Error ->
            Error
    end.

existing(Name) ->
    try binary_to_existing_atom(Name) of
        Class -> beamtalk_class_registry:whereis_class(Class) =/= undefined andalso {ok, Class}
    catch
        error:badarg -> false
    end.

-spec tiers() -> tiers().
tiers() ->
    lists:foldl(fun(Link, Sum) -> joined(rows(#{link => Link}), Sum) end, #{}, beamtalk_evaluator_owner:links()).

joined({ok, Rows}, Sum) ->
    maps:merge_with(
        fun(_, #{calls := A, version := V} = One, #{calls := B, version := W}) -> One#{calls := A + B, version := max(V, W)} end, Sum, Rows
    );
joined({error, _}, Sum) ->
    Sum.

-spec tiers(session()) -> tiers() | {error, session_lost | busy}.
tiers(Session) ->
    case rows(Session) of
        {ok, Rows} -> Rows;
        {error, _} = Error -> Error
    end.

rows(Session) ->
    case request(Session, {tiers}) of
        {tiers, Rows} ->
            Tier = fun({Class, Selector, Version, Calls, Bytes}) ->
                {{Class, Selector}, #{tier => 0, version => Version, calls => Calls, code_size => Bytes, not_promoted => no_faster_tier}}
            end,
            {ok, maps:from_list([Tier(Row) || Row <- Rows])};
        {error, _} = Error ->
            Error
    end.

-spec subscribe(session(), pid()) -> {ok, reference()}.
subscribe(#{link := Link, id := Id}, Subscriber) ->
    ok = beamtalk_evaluator_owner:subscribe(Link, Subscriber),
    {ok, Id}.

%% @doc Tells an event of the session to those who want to hear of it.
-spec tell(session(), tuple()) -> ok.
tell(#{link := Link, id := Id}, Event) ->
    beamtalk_evaluator_owner:tell(Link, {beamtalk_evaluator, Id, Event}).

-spec snapshot(session()) -> {ok, binary()} | {error, {not_plain, [binary()]} | session_lost | busy}.
snapshot(Session) ->
    case request(Session, {snapshot}) of
        {snapshot, Bytes} -> {ok, <<?HEAD, (erlang:crc32(Bytes)):32, Bytes/binary>>};
        {opaque, Names} -> {error, {not_plain, lists:sort(Names)}};
        {error, _} = Error -> Error
    end.

%% @doc Takes a snapshot into a new session.
-spec restore(session(), binary()) -> ok | {error, no_snapshot | {rejected, #{diagnostics := [map()]}} | session_lost | busy}.
restore(Session, <<?HEAD, Sum:32, Bytes/binary>>) ->
    case erlang:crc32(Bytes) of
        Sum ->
            ok = beamtalk_evaluator_driver:tell(Session),
            case request(Session, {restore, Bytes}) of
                ok -> ok;
                {rejected, Diagnostics} -> {error, {rejected, #{diagnostics => Diagnostics}}};
                {error, _} = Error -> Error;
                _ -> {error, no_snapshot}
            end;
        _ ->
            {error, no_snapshot}
    end;
restore(_, _) ->
    {error, no_snapshot}.

request(#{link := Link}, Request) ->
    case beamtalk_evaluator_link:request(Link, Request) of
        {_, Reply} -> Reply;
        busy -> {error, busy};
        lost -> {error, session_lost}
    end.
