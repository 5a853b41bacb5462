%%% @doc Doc comments of a class as an EEP-48 `Docs' chunk, so that the shells' help shows them.
%%%
%%% The text is not passed beside the code: every class module carries its meta data as a constant (`docs/abi.md' section 3), and the chunk is read off
%%% the Core Erlang of that constant. A module without it gets no chunk.
-module(beamtalk_docs_chunk).

-export([chunk/1]).

%% @doc The chunk as an option for `compile:forms/2', or none.
-spec chunk(cerl:c_module()) -> [{extra_chunks, [{binary(), binary()}]}].
chunk(Module) ->
    try meta(Module) of
        none -> [];
        Meta -> [{extra_chunks, [{<<"Docs">>, term_to_binary(docs(Meta), [compressed, deterministic])}]}]
    catch
        throw:not_constant -> []
    end.

docs(#{source := Source, doc := Doc, methods := Methods, class_methods := ClassMethods} = Meta) ->
    Entries = [entry(Source, M, 1) || M <- Methods] ++ [entry(Source, M, 2) || M <- ClassMethods],
    {docs_v1, 1, beamtalk, <<"text/markdown">>, text(Source, Doc), maps:with([class, superclass, kind], Meta), Entries}.

%% Functions take the receiver first; class methods an unused last argument as well.
entry(Source, {Selector, _Sealed, _Start, _End, Doc, Line, {Start, End}}, Extra) ->
    Signature = beamtalk_source:slice(Source, Start, End),
    {{function, Selector, beamtalk_selector:arity(Selector) + Extra}, Line, [Signature], text(Source, Doc), #{}}.

text(Source, Range) ->
    case beamtalk_source:doc(Source, Range) of
        nil -> none;
        Text -> #{<<"en">> => Text}
    end.

meta(Module) ->
    Wanted = cerl:c_fname('__beamtalk__', 0),
    case [Fun || {Name, Fun} <- cerl:module_defs(Module), cerl:var_name(Name) =:= cerl:var_name(Wanted)] of
        [Fun] -> constant(cerl:fun_body(Fun));
        [] -> none
    end.

%% The value of a constant expression; binaries are written as wide integers there.
constant(Expr) ->
    case cerl:type(Expr) of
        literal -> cerl:concrete(Expr);
        cons -> [constant(cerl:cons_hd(Expr)) | constant(cerl:cons_tl(Expr))];
        tuple -> list_to_tuple([constant(E) || E <- cerl:tuple_es(Expr)]);
        map -> maps:from_list([{constant(cerl:map_pair_key(P)), constant(cerl:map_pair_val(P))} || P <- cerl:map_es(Expr)]);
        binary -> << <<(segment(S))/binary>> || S <- cerl:binary_segments(Expr) >>;
        _ -> throw(not_constant)
    end.

segment(Segment) ->
    Size = cerl:concrete(cerl:bitstr_size(Segment)),
    <<(cerl:concrete(cerl:bitstr_val(Segment))):Size>>.
