%%% @doc Primitives of System: environment and platform.
-module(beamtalk_system_ops).

-export([getEnv/2, getEnv_default/3, osPlatform/1, osFamily/1, architecture/1, hostname/1, erlangVersion/1, pid/1]).

-spec getEnv(term(), term()) -> binary() | nil.
getEnv(_Class, Name) ->
    lookup(Name, nil, 'getEnv:').

-spec getEnv_default(term(), term(), term()) -> binary().
getEnv_default(_Class, Name, Default) when is_binary(Default) ->
    lookup(Name, Default, 'getEnv:default:');
getEnv_default(_Class, _, Default) ->
    beamtalk_collection_ops:type_error('System', 'getEnv:default:', "a String default", Default).

lookup(Name, Default, _) when is_binary(Name) ->
    case binary:match(Name, [<<"=">>, <<0>>]) of
        nomatch -> found(os:getenv(unicode:characters_to_list(Name)), Default);
        _ -> found(false, Default)
    end;
lookup(Other, _, Selector) ->
    beamtalk_collection_ops:type_error('System', Selector, "a String name", Other).

found(false, Default) -> Default;
found(Value, _) -> unicode:characters_to_binary(Value).

-spec osPlatform(term()) -> binary().
osPlatform(_Class) ->
    case os:type() of
        {win32, _} -> <<"win32">>;
        {_, Name} -> atom_to_binary(Name)
    end.

-spec osFamily(term()) -> binary().
osFamily(_Class) ->
    {Family, _} = os:type(),
    atom_to_binary(Family).

-spec architecture(term()) -> binary().
architecture(_Class) ->
    Text = list_to_binary(erlang:system_info(system_architecture)),
    hd(binary:split(Text, <<"-">>)).

-spec hostname(term()) -> binary().
hostname(_Class) ->
    {ok, Name} = inet:gethostname(),
    list_to_binary(Name).

-spec erlangVersion(term()) -> binary().
erlangVersion(_Class) ->
    list_to_binary(erlang:system_info(otp_release)).

-spec pid(term()) -> pos_integer().
pid(_Class) ->
    list_to_integer(os:getpid()).
